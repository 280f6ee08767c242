/** What follows the list of commands. */
export const mainHelp = `
Examples:
  $ dbloss stats ./photos                        how long the tail of the labels is
  $ dbloss check ./photos                        what is wrong with the pictures
  $ dbloss train ./photos --model onnx-community/dinov2-small --output ./my-model
  $ dbloss report ./my-model --pictures ./photos
  $ dbloss predict ./my-model ./new-photos
  $ dbloss export ./my-model --copies q8         a smaller copy beside the model
  $ dbloss push ./my-model user/my-model         to the Hugging Face Hub
  $ dbloss recipe voc-mlt --images ./VOCdevkit --output ./voc-mlt    the data set of a paper
  $ dbloss train --help                          the losses, the picture folder, what to try next

Exit codes:
  0 done, 1 a problem in data, model, output or hub, 2 the command is written wrongly, 130 interrupted
`

/** What follows the options of \`train\`: the picture folder, the losses in a line each, what to try next. */
export function trainHelp(losses: Readonly<Record<string, { readonly summary: string }>>): string {
  const widest = Math.max(...Object.keys(losses).map((name) => name.length))
  const lines = Object.entries(losses).map(([name, { summary }]) => `  ${name.padEnd(widest)}  ${summary}`)
  return `
The picture folder:
  photos/train/metadata.jsonl    {"file_name": "beach.jpg", "labels": ["sea", "sand"]}   one line a picture
  photos/train/beach.jpg
  photos/test/…                  the same; without it a fifth of the pictures is kept back for measuring
  metadata.csv works as well: columns file_name and labels, labels separated by | or ;
  COCO, Pascal VOC, Parquet and CSV are recognised too: see docs/data.md

The losses:
${lines.join('\n')}
  A loss takes parameters in parentheses, in quotes for the shell: --loss 'db-focal(mu=0.3, lambda=5)'

The samplers:
  uniform                every picture once an epoch
  class-aware            every class equally often, so that rare ones are seen more

Examples:
  $ dbloss train ./photos --model onnx-community/dinov2-small --output ./my-model
  $ dbloss train ./photos --model ./backbone --output ./my-model --loss db --sampler class-aware \\
      --compare bce,bce/class-aware
  $ dbloss train ./photos --model ./backbone --output ./my-model --results results.json
  $ dbloss train ./photos --model ./backbone --cache ./features --checkpoints ./unfinished     can be interrupted
  $ dbloss train ./photos --model ./backbone --cache ./features --checkpoints ./unfinished --resume

What to try next:
  Compare before you choose: --compare bce,db,db/class-aware trains all of them on the same features, in seconds.
  Rare labels score poorly?    --sampler class-aware with --loss db or distribution-balanced
  Frequent labels got worse?   --sampler uniform with --loss nt-bce
  Everything scores poorly?    a larger --model, which helps every label; or --epochs 200
`
}
