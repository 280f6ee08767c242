import { describe, expect, test } from 'vitest'
import { checkGradients, type TestShape } from '../check-gradients.ts'

async function check(equation: string, shapes: readonly TestShape[], opset = 17): Promise<void> {
  await checkGradients({
    inputs: Object.fromEntries(shapes.map((shape, index) => [`x${index}`, shape])),
    opset,
    batchSize: 2,
    build: (graph, inputs) => graph.node('Einsum', Object.values(inputs), { equation }),
  })
}

describe('Einsum', () => {
  test.each<[string, ...TestShape[]]>([
    ['bij,jk->bik', ['batch', 2, 3], [3, 2]],
    ['bhid,bhjd->bhij', ['batch', 2, 3, 2], ['batch', 2, 3, 2]],
    ['bi,bj->bji', ['batch', 2], ['batch', 3]],
    ['bi,bi->b', ['batch', 3], ['batch', 3]],
    ['bi,b,ij->j', ['batch', 2], ['batch'], [2, 3]],
    ['bij->bji', ['batch', 2, 3]],
    ['bij->jb', ['batch', 2, 3]],
    ['bij,b->j', ['batch', 2, 3], ['batch']],
    ['bi->', ['batch', 2]],
    [',bi->ib', [], ['batch', 2]],
    ['b i, i j -> b j', ['batch', 2], [2, 3]],
  ])('%s of %j, %j, %j', async (equation, ...shapes) => check(equation, shapes))

  test.each<[string, ...TestShape[]]>([
    ['ij,jk', ['batch', 2], [2, 3]],
    ['ba', ['batch', 3]],
    ['kj,ki', ['batch', 2], ['batch', 3]],
    ['...j,jk', ['batch', 2, 3], [3, 2]],
  ])('%s without a result of %j, %j', async (equation, ...shapes) => check(equation, shapes))

  test.each<[string, ...TestShape[]]>([
    ['...ij,...jk->...ik', ['batch', 2, 3, 2], ['batch', 2, 2, 3]],
    ['...i,ij->j...', ['batch', 3, 2], [2, 3]],
    ['b...c,cd->b...d', ['batch', 2, 2, 3], [3, 2]],
    ['...->...', ['batch', 2]],
  ])('%s with ellipses of %j, %j', async (equation, ...shapes) => check(equation, shapes))

  test.each([13, 21])('opset %i', async (opset) =>
    check(
      'ij,jk->ik',
      [
        ['batch', 2],
        [2, 3],
      ],
      opset,
    ),
  )

  test('of an operand with a repeated index, by the others', async () => {
    await checkGradients({
      inputs: { x: ['batch', 2] },
      build: (graph, { x }) =>
        graph.node('Einsum', [graph.constant(Float64Array.of(1, 2, 3, 4), [2, 2]), x!], { equation: 'ii,bi->b' }),
    })
  })

  test('refuses an operand with a repeated index', async () => {
    await expect(check('bii->b', [['batch', 2, 2]])).rejects.toThrow(
      /Einsum '.+' cannot be differentiated: its operand 0 has the indices bii; expected indices that differ/,
    )
  })

  test('refuses to repeat axes of size 1', async () => {
    await expect(
      check('bi,bi->bi', [
        ['batch', 1],
        ['batch', 3],
      ]),
    ).rejects.toThrow(/index 'i' differ in size/)
  })
})
