import { word } from './control.ts'

/**
 * The program of a worker, as text: so it needs no file of its own, which every bundler would have to be told of. It sleeps
 * until the command word changes, computes its rows of a phase, and adds itself to those that are done. When there is a
 * kernel that it does not have, its message waits: the worker takes it, and then obeys.
 *
 * It is a script or a module, as `--input-type` of the process says.
 *
 * Messages: `{ hello: true }`, which it answers with `ready`; `{ control, thread, threadCount }`; and then, for each kernel,
 * `{ module, memory, phases, base }`. One that cannot be instantiated fails when it is to run.
 */
export const workerSource = `
const kernels = []
let answer, control, thread, threadCount, seen
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
function instantiate({ module, memory, phases, base }) {
  try {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } })
    return { phases: phases.map((name) => exports[name]), base }
  } catch {
    return undefined
  }
}
function receive(message) {
  if (message.hello) return answer('ready')
  if (message.control !== undefined) {
    ;({ control, thread, threadCount } = message)
    seen = 0
  } else {
    kernels.push(instantiate(message))
  }
  obey()
}
if (typeof self === 'undefined') {
  const { parentPort } = process.getBuiltinModule('node:worker_threads')
  parentPort.on('message', receive)
  answer = (text) => parentPort.postMessage(text)
} else {
  self.onmessage = ({ data }) => receive(data)
  answer = (text) => self.postMessage(text)
}
`
