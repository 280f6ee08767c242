/**
 * Runs every example, two at a time, and prints what each of them printed when it has ended; an example that needs the real data
 * says so itself where it is missing.
 */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const AT_A_TIME = 2

interface Ended {
  readonly status: number | null
  readonly output: string
}

function runExample(name: string): Promise<Ended> {
  const child = spawn('pnpm', ['--silent', 'start'], { cwd: join('examples', name), stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, output: Buffer.concat(chunks).toString('utf8') }))
  })
}

const waiting = readdirSync('examples')
const failed: string[] = []

async function takeTurns(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const started = Date.now()
    const { status, output } = await runExample(name)
    const seconds = ((Date.now() - started) / 1000).toFixed(0)
    console.log(`\nexamples/${name} (${seconds} s)\n${output}`)
    if (status !== 0) failed.push(name)
  }
}

await Promise.all(Array.from({ length: AT_A_TIME }, takeTurns))
console.log(failed.length === 0 ? '\nevery example runs' : `\nexamples that failed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
