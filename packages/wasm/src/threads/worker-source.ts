import { word } from './control.ts'

/**
 * The program of a worker, as text: so it needs no file of its own, which every bundler would have to be told of. It sleeps
 * until the command word changes, computes its rows of a phase, and adds itself to those that are done. When there is a
 * kernel that it does not have, its message waits: the worker takes it, and then obeys.
 *
 * It is a script or a module, as `--input-type` of the process says.
 *
 * Messages: `{ control, thread, threadCount }` first, then `{ module, memory, phases, base }` for each kernel.
 */
export const workerSource = `
const kernels = []
let control, thread, threadCount, seen
function obey() {
  for (;;) {
    Atomics.wait(control, ${word.command}, seen)
    const command = Atomics.load(control, ${word.command})
    if (command === seen) continue
    if (kernels.length < Atomics.load(control, ${word.kernels})) return
    seen = command
    try {
      const { phases, base } = kernels[control[${word.kernel}]]
      const rows = control[${word.rows}]
      const share = (index) => Math.floor((index * rows) / threadCount)
      phases[control[${word.phase}]](share(thread), share(thread + 1), base)
    } catch {
      Atomics.add(control, ${word.failed}, 1)
    }
    Atomics.add(control, ${word.done}, 1)
    Atomics.notify(control, ${word.done})
  }
}
function receive(message) {
  if (message.control !== undefined) {
    ;({ control, thread, threadCount } = message)
    seen = 0
  } else {
    const { exports } = new WebAssembly.Instance(message.module, { env: { memory: message.memory } })
    kernels.push({ phases: message.phases.map((name) => exports[name]), base: message.base })
  }
  obey()
}
if (typeof self === 'undefined') process.getBuiltinModule('node:worker_threads').parentPort.on('message', receive)
else self.onmessage = ({ data }) => receive(data)
`
