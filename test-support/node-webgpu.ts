import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/**
 * Gives Node a `navigator.gpu` by Dawn. Where there is no GPU, the software Vulkan driver of Debian's chromium serves.
 *
 * @returns why it is not there, or nothing when it is.
 */
export async function installNodeWebGpu(): Promise<string | undefined> {
  useSoftwareVulkan()
  const { create, globals } = await import('webgpu')
  Object.assign(globalThis, globals)
  const gpu = create([])
  // tfjs asks the navigator, which Node 21 and later have and earlier do not.
  const navigator = (globalThis as { navigator?: object }).navigator ?? {}
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true })
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true, writable: true })
  return (await gpu.requestAdapter()) === null ? 'no GPU and no software Vulkan driver (install chromium)' : undefined
}

/** Where there is no GPU. Read by the Vulkan loader when Dawn starts; tests run in a process of their own, so it is early enough. */
export function useSoftwareVulkan(): void {
  process.env.VK_ICD_FILENAMES ??= softwareDriver()
}

function softwareDriver(): string {
  for (const folder of ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome']) {
    if (existsSync(`${folder}/vk_swiftshader_icd.json`)) return `${folder}/vk_swiftshader_icd.json`
  }
  try {
    const files = execFileSync('dpkg', ['-L', 'chromium-common'], { encoding: 'utf8', stdio: 'pipe' }).split('\n')
    return files.find((file) => file.endsWith('vk_swiftshader_icd.json')) ?? ''
  } catch {
    return ''
  }
}
