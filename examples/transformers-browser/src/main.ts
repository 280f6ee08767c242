/** Builds the page, and uses it in headless Chromium as a visitor does, where there is one. */
import { buildPage } from '../../../test-support/build-page.ts'
import { visitWithDrawnPictures } from './visit-with-drawn-pictures.ts'
import { visitWithPhotographs } from './visit-with-photographs.ts'

const page = await buildPage(new URL('..', import.meta.url))
if (page !== undefined) {
  console.log(`Drawn pictures: ${await visitWithDrawnPictures(page.folder)}`)
  const realData = process.env.DBLOSS_REAL_DATA
  if (realData) console.log(`Photographs: ${await visitWithPhotographs(page.folder, realData, page.reports)}`)
  else console.log('Photographs: not present, set DBLOSS_REAL_DATA to their folder')
}
