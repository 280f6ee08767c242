import { defineConfig } from 'vitepress'
import { checkLinks } from './check-links.ts'
import { githubSlug } from './github-slug.ts'
import { mathBlocks } from './math-blocks.ts'
import { sidebar, topBar } from './navigation.ts'
import { repositoryLinks } from './repository-links.ts'

/** Pages are the Markdown files of the whole repository, at the same addresses, so that their links hold in both places. */
export default defineConfig({
  title: 'dbloss',
  description:
    'Distribution-Balanced loss, and its whole family, for long-tailed multi-label classification in JavaScript',
  lang: 'en',
  // There is no picture of its own; without this line browsers ask for one.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcDir: '..',
  srcExclude: ['**/CHANGELOG.md', '**/fixtures/**', '**/output/**', 'demo-output/**', 'reports/**'],
  rewrites: { 'docs/index.md': 'index.md' },
  markdown: {
    math: true,
    anchor: { slugify: githubSlug },
    config: (markdown) => {
      mathBlocks(markdown)
      repositoryLinks(markdown)
    },
  },
  // The pages of the losses and of core are large because they have all formulas and all exports.
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  buildEnd: ({ outDir }) => checkLinks(outDir),
  themeConfig: {
    nav: topBar,
    sidebar,
    search: { provider: 'local' },
    outline: [2, 3],
  },
})
