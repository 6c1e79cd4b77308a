import { REPORT_STYLE } from "../../scripts/output/report-style.ts";

/** The style of a run's report, and what tables of sentences and verdicts need besides. */
export const PAPER_STYLE = `${REPORT_STYLE}
main { max-width: 82rem; }
nav { margin: 1rem 0; }
nav .prose { max-width: none; }
.count { white-space: nowrap; margin-left: 0.6rem; }
a { color: var(--blue); }
section { margin: 2.5rem 0 0; }
section > h2 { font-size: 1.35rem; margin: 0 0 0.5rem; }
section > p, section > ul { max-width: 52rem; margin: 0.4rem 0; }
h3 { font-size: 1rem; margin: 0; max-width: 60rem; text-wrap: pretty; }
.grid { background: var(--card); border: 1px solid var(--grid); border-radius: 0.5rem; margin: 0.9rem 0; }
.grid > h3, .list > h3 { padding: 0.75rem 1rem 0.5rem; }
details.grid > summary { font-size: 0.9rem; font-weight: 600; max-width: 64rem; }
.prose { text-align: left; white-space: normal; min-width: 5rem; max-width: 30rem; }
td { vertical-align: top; }
th { white-space: normal; }
td small { display: block; color: var(--soft); font-size: 0.9em; }
td.prose small { min-width: 9rem; }
.grid th, .grid td { padding-left: 0.4rem; padding-right: 0.4rem; }
tbody tr:last-child td { border-bottom: 0; }
.verdict { white-space: nowrap; font-weight: 600; }
.mark { display: inline-block; width: 0.6em; height: 0.6em; margin-right: 0.4em; border: 0.13em solid currentColor; border-radius: 50%; }
.good { color: var(--green); } .good .mark { background: currentColor; }
.half { color: var(--orange); } .half .mark { background: linear-gradient(90deg, currentColor 50%, transparent 50%); }
.bad { color: var(--red); }
.notice { border-left: 4px solid var(--orange); padding: 0.5rem 0.9rem; background: var(--card); overflow-wrap: anywhere; }
.list { font-size: 0.9rem; }
.list ul { margin: 0; padding: 0 1rem 0.6rem 2.2rem; }
.list > h3 { padding-left: 0; }
figure.drawing { margin: 0.9rem 0; max-width: 70rem; }
figure.drawing .still { padding: 0; }
figure.drawing svg { width: 100%; min-width: 44rem; max-width: none; margin: 0; }
figure.drawing figcaption { margin: 0.6rem 0 0; max-width: 60rem; }
.is-live .still { display: none; }
.live { touch-action: pan-y pinch-zoom; }
.hint { color: var(--soft); font-size: 0.85rem; margin: 0.2rem 0 0; }
.key { font-size: 0.9rem; color: var(--soft); }
.key li { margin: 0.15rem 0; }
@media screen and (max-width: 48rem) {
  .grid th:first-child, .grid td:first-child { position: sticky; left: 0; z-index: 1; background: var(--card); max-width: 9rem; overflow-wrap: break-word; }
  nav.grid td:first-child { max-width: none; }
}
@media print {
  section { break-before: page; margin: 0; }
  section:only-of-type { break-before: auto; }
  .grid { break-inside: auto; }
  .is-live .still { display: block; }
  .live, .hint { display: none; }
  figure.drawing svg { min-width: 0; max-height: 125mm; }
  h3 { break-after: avoid; }
  .prose { max-width: 60mm; }
  .grid table { font-size: 7pt; }
  .mark { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  a { color: inherit; text-decoration: none; }
}
`;
