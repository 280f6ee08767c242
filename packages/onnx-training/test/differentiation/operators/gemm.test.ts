import { describe, test } from 'vitest'
import { float } from '../../../src/index.ts'
import { checkGradients, type TestShape } from '../check-gradients.ts'

const matrix = (rows: number | 'batch', columns: number, transposed: number): TestShape =>
  transposed === 0 ? [rows, columns] : [columns, rows]

describe('Gemm', () => {
  describe.each([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ])('with transA = %i and transB = %i', (transA, transB) => {
    test.each<[string, TestShape | undefined]>([
      ['no C', undefined],
      ['C of one row', [2]],
      ['C of one column', ['batch', 1]],
      ['C of one number', []],
      ['a whole C', ['batch', 2]],
    ])('%s', async (_, c) => {
      await checkGradients({
        inputs: { a: matrix('batch', 4, transA), b: matrix(4, 2, transB), ...(c === undefined ? {} : { c }) },
        build: (graph, inputs) =>
          graph.node('Gemm', Object.values(inputs), { alpha: float(0.5), beta: float(-2), transA, transB }),
      })
    })
  })

  test('as it is without attributes', async () => {
    await checkGradients({
      inputs: { a: ['batch', 4], b: [4, 2], c: [2] },
      build: (graph, inputs) => graph.node('Gemm', Object.values(inputs)),
    })
  })
})
