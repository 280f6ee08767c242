/** Runs every example; an example that needs the real data says so itself where it is missing. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

let failed = 0
for (const entry of readdirSync('examples')) {
  console.log(`\nexamples/${entry}`)
  const { status } = spawnSync('pnpm', ['--silent', 'start'], { cwd: join('examples', entry), stdio: 'inherit' })
  if (status !== 0) failed++
}
console.log(failed === 0 ? '\nevery example runs' : `\n${failed} examples failed`)
process.exitCode = failed === 0 ? 0 : 1
