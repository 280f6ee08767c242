import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The script that exports a ViT-S/16 of random weights, and times it. */
export const torchScript: string = fileURLToPath(new URL('./torch_finetune.py', import.meta.url))

/**
 * Has PyTorch write the ViT-S/16 as an ONNX classifier.
 *
 * @returns the python3 that could do it: one with torch and onnx.
 */
export function exportWithTorch(file: string, classCount: number): string | undefined {
  return ['python3', '/usr/bin/python3'].find((python) => {
    spawnSync(python, [torchScript, '--export', file], { input: JSON.stringify({ classCount }) })
    return existsSync(file)
  })
}
