/** The comparison on Corel 5k: fails where the tail mAP of DB is not 1.4 times that of BCE. */
import { chooseBackend } from './backend.ts'
import { compare } from './compare.ts'
import { corel5k } from './corel5k.ts'

const expected = 1.4
const realData = process.env.DBLOSS_REAL_DATA
if (realData === undefined || realData === '') {
  console.error('Corel 5k is not present: set DBLOSS_REAL_DATA to the folder that has tabular/corel5k')
  process.exitCode = 1
} else {
  console.log(await chooseBackend())
  const ratios = await compare(await corel5k(realData), ['zeros'], { epochs: 30, batchSize: 128, learningRate: 1e-2 })
  for (const { sampling, ratio } of ratios) {
    const mark = ratio >= expected ? 'ok ' : 'BAD'
    if (ratio < expected) process.exitCode = 1
    console.log(
      `${mark} tail mAP of DB is ${ratio.toFixed(2)} × that of BCE, ${sampling}; expected at least ${expected} ×`,
    )
  }
}
