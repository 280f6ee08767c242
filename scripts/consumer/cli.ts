import { type ExitCode, run } from 'dbloss'

async function main(): Promise<void> {
  let text = ''
  const stream = {
    write(part: string): void {
      text += part
    },
  }
  const code: ExitCode = await run(['--help'], { stdout: stream, stderr: stream })
  if (code !== 0 || !text.includes('train')) throw new Error(`--help ended with ${code}: ${text}`)
}

void main()
