/** Line icons on a grid of 24; every button that shows one also has a name. */
import { type SVGTemplateResult, svg } from "lit/html.js";

const icon = (shape: SVGTemplateResult): SVGTemplateResult =>
  svg`<svg viewBox="0 0 24 24" aria-hidden="true">${shape}</svg>`;

export const chat = icon(svg`<path d="M4 5h16v11H9l-5 4z"/><path d="M8 9.5h8M8 12.5h5"/>`);
export const cross = icon(svg`<path d="M6 6l12 12M18 6 6 18"/>`);
export const dots = icon(svg`<path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="3.5"/>`);
export const phone = icon(
  svg`<path d="M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2"/>`,
);
export const send = icon(svg`<path d="M12 20V5M5.5 11 12 4.5l6.5 6.5"/>`);
export const warning = icon(svg`<path d="M12 3 2 20h20zM12 10v4M12 17h.01"/>`);
const thumb = svg`<path d="M7 11v9H4v-9zM7 11l4-8a2.5 2.5 0 0 1 2.5 2.5V9H19a2 2 0 0 1 2 2.3l-1.2 7A2 2 0 0 1 17.8 20H7"/>`;
export const up = icon(thumb);
export const down = icon(svg`<g transform="rotate(180 12 12)">${thumb}</g>`);
