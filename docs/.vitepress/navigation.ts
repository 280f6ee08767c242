import type { DefaultTheme } from 'vitepress'

/** The pages in the order in which they are read; addresses are the paths of the repository. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: 'Start',
    items: [
      { text: 'I have a model in a framework', link: '/docs/start/model' },
      { text: 'I have photographs and labels', link: '/docs/start/photographs' },
      { text: 'I use another framework', link: '/docs/start/another-framework' },
    ],
  },
  {
    text: 'Guides',
    items: [
      { text: 'TensorFlow.js', link: '/docs/tfjs' },
      { text: 'ONNX Runtime', link: '/docs/onnx-training' },
      { text: 'Kernels on typed arrays', link: '/docs/wasm' },
      { text: 'Very many classes', link: '/docs/many-classes' },
      { text: 'Fine-tuning on photographs', link: '/docs/fine-tuning' },
      { text: 'In the browser', link: '/docs/browser' },
      { text: 'Backbones and features', link: '/docs/backbones' },
      { text: 'Data sets', link: '/docs/data' },
      { text: 'The command line', link: '/docs/command-line' },
      { text: 'The report', link: '/docs/report' },
      { text: 'The Hugging Face Hub', link: '/docs/hub' },
      { text: 'VOC-MLT and COCO-MLT', link: '/docs/recipes' },
      { text: 'A new adapter', link: '/docs/new-adapter' },
    ],
  },
  {
    text: 'Losses',
    items: [
      { text: 'All losses', link: '/docs/losses' },
      { text: 'Which loss', link: '/docs/which-loss' },
      { text: 'Losses from parts', link: '/docs/composing-losses' },
      { text: 'From the PyTorch code', link: '/docs/migration' },
      { text: 'What is not done', link: '/docs/not-done' },
    ],
  },
  {
    text: 'Results',
    items: [
      { text: 'What was measured', link: '/docs/results' },
      { text: 'Target by loss', link: '/docs/conformance' },
      { text: 'The long form of the tests', link: '/docs/proof' },
    ],
  },
  {
    text: 'API',
    collapsed: true,
    items: [
      { text: '@dbloss/core', link: '/docs/api/core' },
      { text: '@dbloss/wasm', link: '/docs/api/wasm' },
      { text: '@dbloss/tfjs', link: '/docs/api/tfjs' },
      { text: '@dbloss/onnx-training', link: '/docs/api/onnx-training' },
      { text: '@dbloss/transformers', link: '/docs/api/transformers' },
      { text: '@dbloss/transformers/browser', link: '/docs/api/transformers/browser' },
      { text: '@dbloss/conformance', link: '/docs/api/conformance' },
      { text: 'dbloss', link: '/docs/api/dbloss' },
    ],
  },
  {
    text: 'The project',
    collapsed: true,
    items: [
      { text: 'A walk through the code', link: '/ARCHITECTURE' },
      { text: 'Contributing', link: '/CONTRIBUTING' },
      { text: 'Conduct', link: '/CODE_OF_CONDUCT' },
      { text: 'Security', link: '/SECURITY' },
      { text: 'A new adapter', link: '/docs/new-adapter' },
    ],
  },
]

/** What stands at the top of each page. */
export const topBar: DefaultTheme.NavItem[] = [
  { text: 'Start', link: '/docs/start/model', activeMatch: '/docs/start/' },
  { text: 'Losses', link: '/docs/losses' },
  { text: 'Results', link: '/docs/results' },
  { text: 'API', link: '/docs/api/index', activeMatch: '/docs/api/' },
]
