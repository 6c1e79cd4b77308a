/** The style sheet of the report: one column on a phone, light, dark and on paper. Colours after Okabe and Ito. */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --page: #fbfbfa; --card: #ffffff; --ink: #1d232b; --soft: #5a6472; --line: #b9c0c8; --grid: #e6e9ec;
  --blue: #0072b2; --orange: #c98500; --green: #00845f; --red: #d55e00; --purple: #b0588c; --sky: #56b4e9;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #14181d; --card: #1b2027; --ink: #e8ebee; --soft: #a3adb8; --line: #55606c; --grid: #2c333c;
    --blue: #56b4e9; --orange: #f0b429; --green: #2fc79a; --red: #ff8a3d; --purple: #e29cc3; --sky: #6fb1dc;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main { max-width: 70rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
header p { max-width: 46rem; margin: 0.25rem 0 0; color: var(--soft); overflow-wrap: anywhere; }
h1 { font-size: clamp(1.35rem, 4.2vw, 2rem); line-height: 1.25; margin: 0.25rem 0 0.6rem; max-width: 50rem; text-wrap: balance; }
h2 { font-size: 1.05rem; margin: 0; }
header .market { color: var(--blue); font-weight: 600; margin: 0; }
.figures {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 0.75rem; margin: 1.5rem 0;
}
.figures div { background: var(--card); border: 1px solid var(--grid); border-radius: 0.5rem; padding: 0.7rem 0.85rem; min-width: 0; }
.figures dt { color: var(--soft); font-size: 0.85rem; }
.figures dd { margin: 0; font-size: 1.2rem; font-weight: 600; line-height: 1.4; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.figures dd span { white-space: nowrap; display: inline-block; line-height: 1.2; font-size: 0.85rem; font-weight: 400; color: var(--soft); }
.figures dd + dd { font-size: 0.85rem; font-weight: 400; color: var(--soft); line-height: 1.35; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; margin-bottom: 1.5rem; }
figure, .card {
  margin: 0; padding: 0.9rem 1rem; background: var(--card); border: 1px solid var(--grid); border-radius: 0.5rem;
  display: flex; flex-direction: column; min-width: 0; break-inside: avoid;
}
figure svg { display: block; width: 100%; height: auto; max-width: 40rem; margin: 0.4rem auto 0; font: 12px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
figure text { font-variant-numeric: tabular-nums; }
.keys { list-style: none; display: flex; flex-wrap: wrap; gap: 0.15rem 1rem; margin: 0.3rem 0 0.4rem; padding: 0; font-size: 0.85rem; }
.keys li { overflow-wrap: anywhere; }
.keys svg { display: inline-block; width: 1.75rem; height: 0.6rem; margin: 0 0.4rem 0 0; vertical-align: 0.05rem; }
figcaption { color: var(--soft); font-size: 0.85rem; margin-top: auto; }
details { background: var(--card); border: 1px solid var(--grid); border-radius: 0.5rem; margin: 0 0 0.75rem; }
summary { cursor: pointer; padding: 0.7rem 1rem; font-weight: 600; }
summary span { color: var(--soft); font-weight: 400; }
.scroll { overflow-x: auto; padding: 0 1rem 0.75rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 0.25rem 0.6rem; border-bottom: 1px solid var(--grid); white-space: nowrap; }
th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
tfoot td { font-weight: 600; border-top: 2px solid var(--line); border-bottom: 0; }
.text { text-align: left; }
td.id { white-space: normal; overflow-wrap: anywhere; min-width: 6rem; max-width: 18rem; }
code { font: 0.95em ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.terms { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.2rem 1.25rem; margin: 0.6rem 0 0; font-size: 0.85rem; }
.terms dt { color: var(--soft); }
.terms dd { margin: 0; overflow-wrap: anywhere; }
footer { color: var(--soft); font-size: 0.85rem; margin-top: 1.5rem; }
@media (max-width: 32rem) {
  main { padding: 1.25rem 0.9rem 2rem; }
  .figures { grid-template-columns: 1fr 1fr; gap: 0.5rem; }
  .figures div { padding: 0.6rem 0.65rem; }
  .figures dd { font-size: 1.1rem; }
  figure { padding: 0.75rem 0.6rem; }
  figure svg { font-size: 14px; }
}
@media print {
  @page { margin: 14mm; }
  body { background: none; font-size: 10pt; }
  main { max-width: none; padding: 0; }
  h1 { font-size: 16pt; }
  .figures { grid-template-columns: repeat(4, 1fr); gap: 2mm; margin: 4mm 0; }
  .figures div { padding: 1.5mm 2.5mm; }
  .figures dd { font-size: 12pt; }
  figure, .card { padding: 2mm 3mm; }
  .plots { grid-template-columns: 1fr 1fr; gap: 2mm; }
  .scroll { overflow: visible; }
  .scroll table { font-size: 7.5pt; }
  th, td { padding: 0.15rem 0.3rem; }
  tr, .figures div { break-inside: avoid; }
  thead { display: table-header-group; }
  tfoot { display: table-row-group; }
  summary, tfoot tr { break-before: avoid; break-after: avoid; }
}
`;
