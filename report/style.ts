import { Html } from './html.js';

/**
 * The report's style sheet. Charts take their colours from its variables, so that one drawing serves light, dark and
 * print. Teal and orange stay apart for every common kind of colour blindness.
 */
export const STYLE = new Html(`
:root {
  color-scheme: light dark;
  --paper: #faf9f6; --card: #fff; --ink: #1e1d1b; --muted: #66625b; --line: #e3dfd7; --grid: #ece9e2;
  --hit: #0f766e; --miss: #c2410c; --other: #5b6f9e; --notice: #fdf1e3;
  --s1: #0f766e; --s2: #c2410c; --s3: #4d63a8; --s4: #a16207; --s5: #9d3570; --s6: #4d7c0f;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #151513; --card: #1d1d1a; --ink: #edebe5; --muted: #a7a399; --line: #34332e; --grid: #2b2a26;
    --hit: #45b8a8; --miss: #f0894a; --other: #8b9ed3; --notice: #33261a;
    --s1: #45b8a8; --s2: #f0894a; --s3: #8b9ed3; --s4: #d9a93c; --s5: #dd7fb0; --s6: #98c15a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif;
  font-variant-numeric: tabular-nums;
}
main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.5rem; }
main { padding-top: 2.25rem; }
h1, h2, h3, p, dl, dd, ul, figure, pre { margin: 0; padding: 0; }
h1 { font-size: clamp(1.75rem, 1.2rem + 2.6vw, 2.75rem); line-height: 1.12; letter-spacing: -0.022em; font-weight: 650; text-wrap: balance; }
h1 em { font-style: normal; color: var(--hit); white-space: nowrap; }
h2 { font-size: 1.3rem; line-height: 1.25; letter-spacing: -0.012em; font-weight: 650; margin-bottom: 0.35rem; }
h3 { font-size: 0.9375rem; font-weight: 600; line-height: 1.35; }
section { margin-top: 3.25rem; }
header + section, .notice + section { margin-top: 1.5rem; }
small { font-size: 0.8125rem; color: var(--muted); }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace; }
.lead, .empty, .facts { color: var(--muted); }
.lead { max-width: 52rem; text-wrap: pretty; }
.lead + .lead { margin-top: 0.35rem; }
.lead b, .class { color: var(--ink); font-weight: 600; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 2px solid var(--hit); outline-offset: 2px; }

.brand { display: flex; flex-wrap: wrap; align-items: center; gap: 0.1rem 0.4rem; margin-bottom: 1.25rem; }
.brand b { font-weight: 650; white-space: nowrap; }
.brand span { color: var(--muted); font-size: 0.875rem; min-width: 0; }
.brand span + span::before { content: '· '; }
.logo { width: 1.35rem; height: 1.35rem; flex: none; fill: none; stroke: var(--hit); stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.share { display: flex; gap: 2px; height: 8px; margin-top: 1.1rem; }
.share i { background: var(--hit); border-radius: 2px; min-width: 0; }
.share i.wrong { background: var(--miss); }
.share-legend + .lead { margin-top: 0.7rem; }
h1 + .lead { margin-top: 0.9rem; }
.share-legend { display: flex; justify-content: space-between; font-size: 0.8125rem; color: var(--hit); margin-top: 0.3rem; }
.wrong, .wrong .class { color: var(--miss); }
.facts { display: flex; flex-wrap: wrap; gap: 0.4rem 1.75rem; margin-top: 0.9rem; font-size: 0.875rem; }
.facts > span { color: var(--ink); }
.facts small { display: block; line-height: 1.3; }
.notice { margin-top: 1.25rem; padding: 0.75rem 1rem; border-left: 3px solid var(--miss); background: var(--notice); border-radius: 0 6px 6px 0; }

.tiles { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 0.875rem; }
.tile, .panel, figure { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: 0.85rem 1rem 0.75rem; display: flex; flex-direction: column; }
.tile h3 span, .panel h3 span { font-weight: 400; color: var(--muted); font-size: 0.8125rem; }
.tile h3 span { display: block; }
.tile .value { font-size: 1.875rem; line-height: 1.2; font-weight: 600; letter-spacing: -0.02em; margin: 0.25rem 0 0.45rem; }
.tile .value { margin-bottom: 0; }
.sureness { font-size: 0.8125rem; min-height: 1.25rem; margin-bottom: 0.4rem; white-space: nowrap; }
.tile dl { margin-top: auto; font-size: 0.8125rem; color: var(--muted); }
.tile dl div { display: flex; justify-content: space-between; gap: 0.5rem; }
.panel { margin-top: 0.875rem; padding: 0.85rem 1rem 0.9rem; }
.panel { display: grid; grid-template-columns: fit-content(72%) minmax(14rem, 1fr); gap: 0.75rem 2.5rem; }
.panel h3 { margin-bottom: 0.5rem; }
.panel h3 span { margin-left: 0.3rem; }
.panel > div { min-width: 0; }
.words { border-left: 1px solid var(--line); padding-left: 2.5rem; }
.words p { font-size: 0.875rem; margin-bottom: 0.5rem; color: var(--muted); }
.words b { color: var(--ink); }
pre { overflow: auto; max-height: 14rem; font-size: 0.84375rem; line-height: 1.5; overflow-wrap: normal; }

.figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.875rem; margin-top: 0.9rem; align-items: start; }
figure { padding: 0.85rem 1rem 0.9rem; height: 100%; }
figure > p { font-size: 0.875rem; color: var(--muted); }
figure > p b { color: var(--ink); }
.plot { display: block; width: 100%; height: auto; margin: 0.6rem 0 0.5rem; }
figcaption { font-size: 0.8125rem; color: var(--muted); }
.key { display: inline-flex; align-items: baseline; gap: 0.4rem; margin-right: 1rem; }
.key i { flex: none; width: 0.7rem; height: 0.7rem; border-radius: 2px; }
.key i.dot { background: var(--ink); border-radius: 50%; width: 0.55rem; height: 0.55rem; }
.key i.dashes { width: 1.1rem; height: 0; border-top: 2px dashed var(--muted); align-self: center; border-radius: 0; }
.key i.ring { background: none; border: 2px solid var(--ink); border-radius: 50%; }
.pairs { margin-top: 0.4rem; }
.aside { min-width: 0; padding: 0.25rem 0 0 1.25rem; }
.numbers div { display: flex; justify-content: space-between; gap: 1rem; padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
.numbers small { display: block; }
.numbers dd { font-size: 1.25rem; font-weight: 600; }
.aside p { margin-bottom: 0.6rem; text-wrap: pretty; }
summary { cursor: pointer; color: var(--hit); width: fit-content; font-size: 0.875rem; padding: 0.3rem 0; }

.gallery { list-style: none; display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 0.875rem; margin-top: 0.9rem; }
.gallery li { background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; display: flex; flex-direction: column; }
.picture { position: relative; height: 9.25rem; display: grid; place-items: center; background: var(--grid); border-bottom: 2px solid var(--hit); }
.miss .picture { border-bottom-color: var(--miss); }
.picture img { max-width: 100%; max-height: 9.125rem; display: block; }
.no-picture { color: var(--muted); font-size: 0.8125rem; }
.picture b { position: absolute; right: 0.4rem; bottom: 0.4rem; padding: 0 0.4rem; border-radius: 4px; background: var(--card); font-size: 0.8125rem; font-weight: 600; }
.gallery p { padding: 0 0.7rem; font-size: 0.8125rem; line-height: 1.45; color: var(--muted); }
.gallery p.wrong { color: var(--miss); }
.picture + p { padding-top: 0.45rem; }
.gallery .file { padding-bottom: 0.55rem; font-size: 0.75rem; margin-top: auto; }

.finding { margin-top: 1.5rem; }
.lead.finding { margin-top: 0.6rem; }
.gallery.twins { grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); }
.twin { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); flex: 1; }
.twin > div { display: flex; flex-direction: column; }
.twin > div + div { border-left: 1px solid var(--line); }
.gallery .kind { border-top: 1px solid var(--line); padding-top: 0.35rem; padding-bottom: 0.4rem; }
.verdicts th[scope='row'] { overflow-wrap: normal; }
.verdicts td:nth-child(2) { white-space: nowrap; }
.verdicts .passed { color: var(--hit); }
.verdicts .warned, .verdicts .failed { color: var(--miss); font-weight: 600; }
.verdicts .not-looked-at { color: var(--muted); }

.columns { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 3rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; margin-top: 0.5rem; overflow-wrap: normal; }
th, td { text-align: left; padding: 0.4rem 0.9rem 0.4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; font-weight: 400; }
thead th { color: var(--muted); font-size: 0.8125rem; }
.number { text-align: right; padding-right: 0; padding-left: 0.9rem; white-space: nowrap; }
th[scope='row'] { overflow-wrap: anywhere; min-width: 5rem; }
.total > * { border-bottom: 0; font-weight: 600; }
.wide { min-width: 46rem; }
.narrow { max-width: 40rem; }
.wide thead .number, .narrow thead .number { white-space: normal; }
thead th { vertical-align: bottom; }
.wide th[scope='row'] { min-width: 9rem; }
.wide .path { overflow-wrap: anywhere; max-width: 22rem; }
.timing .bar { width: 60%; vertical-align: middle; }
.timing .bar i { display: block; height: 0.6rem; min-width: 2px; border-radius: 2px; background: var(--hit); }
.after-number { padding-left: 1.5rem; }
.dense { font-size: 0.8125rem; }
.beside figure { height: auto; }
.dense th { white-space: nowrap; }
.dense th[scope='row'] { min-width: 0; }
.dense .number { padding-left: 0.6rem; }
.dense th, .dense td { padding-top: 0.22rem; padding-bottom: 0.22rem; }
.winner > * { font-weight: 600; background: var(--grid); }
.chosen { white-space: nowrap; color: var(--hit); font-weight: 600; }
.hash { font-size: 0.8125rem; overflow-wrap: anywhere; }
#receipt ~ p { margin-top: 0.35rem; }
.lineage div { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: 1rem; padding: 0.35rem 0; border-bottom: 1px solid var(--line); font-size: 0.9375rem; }
.lineage dt { color: var(--muted); }
.commands dt { font-size: 0.875rem; color: var(--muted); margin-top: 0.7rem; }
.commands code { display: block; margin-top: 0.2rem; padding: 0.5rem 0.8rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; font-size: 0.84375rem; white-space: pre-wrap; }
footer { margin-top: 3.5rem; padding-bottom: 2.5rem; font-size: 0.8125rem; color: var(--muted); }
footer p { border-top: 1px solid var(--line); padding-top: 1rem; }

@media (max-width: 44rem) {
  main, footer { padding-left: 1rem; padding-right: 1rem; }
  main { padding-top: 1.25rem; }
  .brand span + span::before { content: none; }
  section { margin-top: 2.5rem; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.625rem; }
  .tile { padding: 0.7rem 0.75rem 0.6rem; }
  .tile .value { font-size: 1.5rem; }
  .figures, .columns, .panel { grid-template-columns: minmax(0, 1fr); }
  figure, .panel { padding: 0.75rem; }
  .gallery { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.625rem; }
  .gallery.twins { grid-template-columns: minmax(0, 1fr); }
  .lineage div { grid-template-columns: 6rem minmax(0, 1fr); gap: 0.75rem; }
  .words { border-left: 0; padding-left: 0; }
  .aside { padding-left: 0; }
  .dense { font-size: 0.75rem; }
  .dense th, .dense td { padding-right: 0.25rem; }
  .dense .number { padding-left: 0.25rem; padding-right: 0; }
  th, td { padding-right: 0.5rem; }
  .number { padding-left: 0.4rem; padding-right: 0; }
  pre { font-size: clamp(0.55rem, 2.6vw, 0.84375rem); }
}
@media print {
  :root { --paper: #fff; }
  @page { margin: 14mm; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 10.5pt; }
  main, footer { max-width: none; padding: 0; }
  section { margin-top: 1.6rem; }
  .tile, .panel, figure, .gallery li, tr, .lineage div, .commands div { break-inside: avoid; }
  h2, h3, .lead { break-after: avoid; }
  .lead { break-inside: avoid; }
  .tiles { grid-template-columns: repeat(4, minmax(0, 1fr)); }
  .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .gallery { grid-template-columns: repeat(6, minmax(0, 1fr)); }
  .gallery.twins { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .picture { height: 6rem; }
  .picture img { max-height: 5.9rem; }
  .columns, .panel { grid-template-columns: minmax(0, 1fr); }
  .words { border-left: 0; padding-left: 0; }
  .scroll, pre { overflow: visible; max-height: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary, figcaption details, .aside details { display: none; }
  .wide { min-width: 0; }
  footer { margin-top: 1.5rem; padding-bottom: 0; }
}
`);
