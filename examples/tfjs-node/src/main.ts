/** Trains a linear head in TensorFlow.js with BCE and DB under both samplers, on made-up long-tailed data. */
import { chooseBackend } from './backend.ts'
import { compare } from './compare.ts'
import { longTailedProblem } from './long-tailed-data.ts'

console.log(await chooseBackend())
await compare(longTailedProblem(1), ['zeros', 'priors'], { epochs: 40, batchSize: 64, learningRate: 1e-2 })
