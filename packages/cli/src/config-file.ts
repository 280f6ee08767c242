import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, InvalidArgumentError, type Option } from 'commander'
import { nearestName } from './nearest-name.ts'

/** The config file that is read where `--config` names no other. */
const defaultFile = 'dbloss.config.json'

type Settings = Readonly<Record<string, unknown>>

/**
 * Gives a command the values of the config file for the flags that are not typed: those at the top level that it has, and
 * those under its own name, which come before. Errors end the command as wrong use.
 *
 * @param named the file of `--config`. Default: `dbloss.config.json` of the current folder, if it is there.
 */
export async function applyConfigFile(command: Command, named: string | undefined): Promise<void> {
  const file = named ?? defaultFile
  const settings = await readSettings(command, file, named !== undefined)
  if (settings === undefined) return
  const commands = command.parent?.commands ?? []
  const known = new Set(commands.flatMap((other) => [other.name(), ...optionNames(other)]))
  checkKeys(command, settings, known, file)
  const own = settings[command.name()] ?? {}
  if (!isSettings(own)) return fail(command, `${file}: ${command.name()} is not an object; expected flags and values`)
  checkKeys(command, own, new Set(optionNames(command)), `${file}: ${command.name()}`)
  for (const option of command.options) {
    const key = option.attributeName()
    const value = own[key] ?? settings[key]
    if (value === undefined || value === null) continue
    command.setOptionValueWithSource(key, parse(command, option, value, file), 'config')
  }
}

async function readSettings(command: Command, file: string, isNeeded: boolean): Promise<Settings | undefined> {
  const path = isNeeded ? file : join(process.cwd(), file)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (isAbsent && !isNeeded) return undefined
    return fail(command, `the config file ${file} cannot be read: ${(error as Error).message}`)
  }
  try {
    const settings: unknown = JSON.parse(text)
    if (isSettings(settings)) return settings
  } catch (error) {
    return fail(command, `the config file ${file} is not JSON: ${(error as Error).message}`)
  }
  return fail(command, `the config file ${file} is not a JSON object; expected { "flag": value }`)
}

function checkKeys(command: Command, settings: Settings, known: ReadonlySet<string>, place: string): void {
  for (const key of Object.keys(settings)) {
    if (known.has(key)) continue
    const nearest = nearestName(key, known)
    fail(command, `${place}: there is no flag '${key}'${nearest === undefined ? '' : `; did you mean '${nearest}'?`}`)
  }
}

function parse(command: Command, option: Option, value: unknown, file: string): unknown {
  const place = `${file}: ${option.attributeName()}`
  if (option.isBoolean()) {
    return typeof value === 'boolean'
      ? value
      : fail(command, `${place} is ${JSON.stringify(value)}; expected true or false`)
  }
  const text = Array.isArray(value) ? value.join(',') : value
  if (typeof text !== 'string' && typeof text !== 'number') {
    return fail(command, `${place} is ${JSON.stringify(value)}; expected what ${option.flags} takes`)
  }
  try {
    return option.parseArg === undefined ? String(text) : option.parseArg(String(text), undefined)
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    return fail(command, `${place} is ${JSON.stringify(value)}. ${error.message}`)
  }
}

function optionNames(command: Command): string[] {
  return command.options.map((option) => option.attributeName())
}

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fail(command: Command, message: string): never {
  return command.error(`error: ${message}`, { exitCode: 2, code: 'dbloss.config' })
}
