/** Builds the site into docs/.vitepress/dist, with the pages of the API. */
import { build } from 'vitepress'
import { writeApiPages } from './api-pages.ts'

await writeApiPages()
await build('docs')
