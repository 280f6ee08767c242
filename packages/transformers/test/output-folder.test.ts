import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../test-support/temporary-folder.ts'
import { checkOutputFolder, writeFolder } from '../src/output-folder.ts'

const write = (text: string) => async (folder: string) => {
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ dbloss: {}, text }))
}
const textIn = (folder: string) => JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')).text
/** A process id that no process has: larger than any system gives. */
const deadPid = 2 ** 30

test('the folder appears with what was written, and folders above it are made', async () => {
  const root = temporaryFolder()
  const output = join(root, 'a/b/model')
  await writeFolder(output, { overwrite: false }, async (folder) => {
    expect(existsSync(output)).toBe(false)
    await write('new')(folder)
  })
  expect(textIn(output)).toBe('new')
  expect(readdirSync(dirname(output))).toEqual(['model'])
})

test('an empty folder is filled', async () => {
  const output = join(temporaryFolder(), 'model')
  mkdirSync(output)
  await writeFolder(output, { overwrite: false }, write('new'))
  expect(textIn(output)).toBe('new')
})

test('a model is replaced as a whole, when that is asked for', async () => {
  const root = temporaryFolder()
  const output = join(root, 'model')
  await writeFolder(output, { overwrite: false }, write('old'))
  writeFileSync(join(output, 'more.txt'), '')
  await expect(writeFolder(output, { overwrite: false }, write('new'))).rejects.toMatchObject({
    name: 'DblossError',
    code: 'output',
    message: `${output} exists and is not empty; expected a new folder, or overwrite`,
  })
  expect(textIn(output)).toBe('old')
  await writeFolder(output, { overwrite: true }, write('new'))
  expect(textIn(output)).toBe('new')
  expect(readdirSync(output)).toEqual(['config.json'])
  expect(readdirSync(root)).toEqual(['model'])
})

test('a folder that dbloss did not write is never overwritten', async () => {
  const output = join(temporaryFolder(), 'home')
  mkdirSync(output)
  writeFileSync(join(output, 'config.json'), '{"model_type": "vit"}')
  await expect(writeFolder(output, { overwrite: true }, write('new'))).rejects.toThrow(/no model that dbloss wrote/)
  expect(readdirSync(output)).toEqual(['config.json'])
})

test('other content is recognised by its own mark', async () => {
  const output = join(temporaryFolder(), 'notes')
  const content = { name: 'notebook', isIn: async (folder: string) => existsSync(join(folder, 'notes.txt')) }
  const writeNotes = async (folder: string) => writeFileSync(join(folder, 'notes.txt'), '')
  await writeFolder(output, { overwrite: false, content }, write('old'))
  await expect(writeFolder(output, { overwrite: true, content }, writeNotes)).rejects.toThrow(
    /notes is no notebook that dbloss wrote, so it is not overwritten; expected a notebook of dbloss/,
  )
  await writeFolder(output, { overwrite: true }, writeNotes)
  await writeFolder(output, { overwrite: true, content }, write('new'))
  expect(readdirSync(output)).toEqual(['config.json'])
})

test('nothing is left of a write that fails or is aborted, and the old model stays', async () => {
  const root = temporaryFolder()
  const output = join(root, 'model')
  const failing = async (folder: string) => {
    await write('half')(folder)
    throw new Error('disk full')
  }
  await expect(writeFolder(output, { overwrite: false }, failing)).rejects.toThrow('disk full')
  expect(readdirSync(root)).toEqual([])

  await writeFolder(output, { overwrite: false }, write('old'))
  await expect(writeFolder(output, { overwrite: true }, failing)).rejects.toThrow('disk full')
  const controller = new AbortController()
  const aborted = writeFolder(output, { overwrite: true, signal: controller.signal }, async (folder) => {
    await write('half')(folder)
    controller.abort(new Error('enough'))
  })
  await expect(aborted).rejects.toThrow('enough')
  expect(readdirSync(root)).toEqual(['model'])
  expect(textIn(output)).toBe('old')
})

test('what the system refuses is told with the folder and the reason, and nothing is left', async () => {
  const root = temporaryFolder()
  const output = join(root, 'model')
  const refused = writeFolder(output, { overwrite: false }, async (folder) => {
    await write('half')(folder)
    writeFileSync(join(folder, 'missing', 'file'), '')
  })
  await expect(refused).rejects.toMatchObject({
    name: 'DblossError',
    code: 'output',
    message: expect.stringMatching(/^.*model cannot be written: ENOENT/),
  })
  expect(readdirSync(root)).toEqual([])
})

test('what a killed run has left is removed at the next start', async () => {
  const root = temporaryFolder()
  const output = join(root, 'model')
  mkdirSync(join(root, `.model.dbloss-new-${deadPid}-0123abcd`))
  writeFileSync(join(root, `.model.dbloss-new-${deadPid}-0123abcd`, 'half'), '')
  mkdirSync(join(root, `.other.dbloss-new-${deadPid}-0123abcd`))
  await checkOutputFolder(output, false)
  expect(readdirSync(root)).toEqual([`.other.dbloss-new-${deadPid}-0123abcd`])
})

test('a model whose replacement was killed half-way comes back', async () => {
  const root = temporaryFolder()
  const output = join(root, 'model')
  const old = join(root, `.model.dbloss-old-${deadPid}-0123abcd`)
  mkdirSync(old)
  await write('old')(old)
  await expect(checkOutputFolder(output, false)).rejects.toThrow(/exists and is not empty/)
  expect(textIn(output)).toBe('old')
})

test('the folder of a run that still works is left alone', async () => {
  const root = temporaryFolder()
  const working = join(root, `.model.dbloss-new-${process.pid}-0123abcd`)
  mkdirSync(working)
  await checkOutputFolder(join(root, 'model'), false)
  expect(readdirSync(root)).toEqual([basename(working)])
})

test('places that cannot hold a folder are refused before work starts', async () => {
  const root = temporaryFolder()
  writeFileSync(join(root, 'file'), '')
  await expect(checkOutputFolder(join(root, 'file'), true)).rejects.toThrow(/file is a file; expected a folder/)
  await expect(checkOutputFolder(join(root, 'file/model'), true)).rejects.toThrow(/is a file|below a file/)
})
