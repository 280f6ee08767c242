import { referenceAdapter, runConformance } from '@dbloss/conformance'

async function main(): Promise<void> {
  const results = await runConformance({ adapter: referenceAdapter, randomFormulas: 1, losses: () => false })
  const failed = results.filter(({ outcome }) => outcome === 'failed')
  if (results.length === 0 || failed.length > 0) throw new Error(`${failed.length} of ${results.length} failed`)
}

void main()
