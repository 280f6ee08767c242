/** What the machine that runs the tests is required to have: a list as in `DBLOSS_REQUIRE=chromium,webgpu,real-data`. */
const required = (process.env.DBLOSS_REQUIRE ?? '').split(',')

/** Whether a missing target is a failure, and not just reported. */
export function isRequired(target: string): boolean {
  return required.includes(target)
}
