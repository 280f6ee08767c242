/** The only script of the page: copies a table as CSV, to the clipboard or into a box where there is none. */
export const script = `
document.addEventListener('click', async (event) => {
  const button = event.target.closest('button.copy')
  if (button === null) return
  const cellText = (cell) => '"' + cell.textContent.replaceAll('"', '""') + '"'
  const rows = button.parentElement.querySelectorAll('tr')
  const csv = Array.from(rows, (row) => Array.from(row.cells, cellText).join(',')).join('\\r\\n')
  try {
    await navigator.clipboard.writeText(csv)
    button.textContent = 'Copied'
  } catch {
    const box = document.createElement('textarea')
    box.className = 'csv'
    box.readOnly = true
    box.value = csv
    button.replaceWith(box)
    box.select()
  }
})
`
