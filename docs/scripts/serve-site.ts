/** Serves the site while its pages are written; those of the API are as they were at the start. */
import { createServer } from 'vitepress'
import { writeApiPages } from './api-pages.ts'

await writeApiPages()
const server = await createServer('docs')
await server.listen()
server.printUrls()
