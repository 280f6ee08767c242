import { indices, offset, type ReferenceWindows, seen } from './reference-windows.ts'

/** A convolution as plain loops in float64. */
export interface ReferenceConvolution extends ReferenceWindows {
  readonly batchSize: number
  readonly inputChannels: number
  readonly outputChannels: number
  readonly group: number
  /** The spatial sizes of the input. */
  readonly sizes: readonly number[]
}

type Values = Readonly<Record<string, Float64Array>>

/** An input element, the weight that multiplies it, and the output element that the product is added to. */
type Product = readonly [input: number, weight: number, output: number]

function products(form: ReferenceConvolution): Product[] {
  const { batchSize, inputChannels, outputChannels, group, sizes, kernel, counts } = form
  const [inputs, outputs] = [inputChannels / group, outputChannels / group]
  return indices([batchSize, outputChannels, inputs, ...counts]).flatMap(([sample, output, input, ...window]) => {
    const channel = Math.floor(output! / outputs) * inputs + input!
    return indices(kernel).flatMap((position): Product[] => {
      const from = offset([sample!, channel, ...seen(form, window, position)], [batchSize, inputChannels, ...sizes])
      const weight = offset([output!, input!, ...position], [outputChannels, inputs, ...kernel])
      const to = offset([sample!, output!, ...window], [batchSize, outputChannels, ...counts])
      return from === undefined ? [] : [[from, weight!, to!]]
    })
  })
}

/** `Conv` of x with w, plus a bias if there is one. */
export function referenceConvolution(form: ReferenceConvolution): (values: Values) => Float64Array {
  const terms = products(form)
  return ({ x, w, bias }) => {
    const y = biased(form.batchSize, form.outputChannels, form.counts, bias)
    for (const [input, weight, output] of terms) y[output]! += x![input]! * w![weight]!
    return y
  }
}

/** `ConvTranspose`: the form is that of the convolution from its output to its input. */
export function referenceTransposedConvolution(form: ReferenceConvolution): (values: Values) => Float64Array {
  const terms = products(form)
  return ({ x, w, bias }) => {
    const y = biased(form.batchSize, form.inputChannels, form.sizes, bias)
    for (const [output, weight, input] of terms) y[output]! += x![input]! * w![weight]!
    return y
  }
}

function biased(batchSize: number, channels: number, sizes: readonly number[], bias?: Float64Array): Float64Array {
  return Float64Array.from(indices([batchSize, channels, ...sizes]), ([, channel]) => bias?.[channel!] ?? 0)
}
