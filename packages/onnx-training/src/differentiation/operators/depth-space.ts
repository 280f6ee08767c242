import { type GradientRule, rule } from '../gradient-rule.ts'

/** Blocks go back to depth; SpaceToDepth knows the order of DCR only, CRD is written out. */
const depthToSpace = rule((node, nodes) => {
  const blockSize = node.integerAttribute('blocksize')!
  const crd = node.stringAttribute('mode') === 'CRD'
  return [
    () => {
      if (!crd) return nodes.node('SpaceToDepth', [node.gradient], { blocksize: blockSize })
      const [batch, , height, width] = node.input(0).shape
      const channels = node.output().shape[1]!
      const blocks = nodes.reshape(node.gradient, [batch!, channels, height!, blockSize, width!, blockSize])
      return nodes.reshape(nodes.transpose(blocks, [0, 1, 3, 5, 2, 4]), node.input(0).shape)
    },
  ]
})

const spaceToDepth = rule((node, nodes) => [
  () => nodes.node('DepthToSpace', [node.gradient], { blocksize: node.integerAttribute('blocksize')!, mode: 'DCR' }),
])

export const depthSpaceRules: Readonly<Record<string, GradientRule>> = {
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
}
