/** The pieces of the panel, each a function from what there is to show to a template. */
import { type TemplateResult, html, nothing } from "lit/html.js";
import * as icons from "./icons.js";
import { phoneLink, pieces, safeLink } from "./links.js";
import type { Message } from "./store.js";
import { type Texts, fill } from "./texts.js";
import type { Button, Verdict } from "./transport.js";

type Shown = TemplateResult | typeof nothing;

/** Pages open beside the chat, so that it is not lost. */
function targetOf(url: string): "_blank" | typeof nothing {
  return url.startsWith("https:") ? "_blank" : nothing;
}

/** A button that calls, writes or opens a page; nothing for any other address. */
function link({ title, url }: Button): Shown {
  const address = safeLink(url);
  if (!address) return nothing;
  const sign = address.startsWith("tel:") ? icons.phone : nothing;
  return html`<a class="button" href=${address} target=${targetOf(address)} rel="noreferrer"
    >${sign}${title}</a
  >`;
}

/** A text with its numbers and addresses as links; never HTML. */
function words(text: string): TemplateResult[] {
  return pieces(text).map(({ text, url }) =>
    url
      ? html`<a href=${url} target=${targetOf(url)} rel="noreferrer">${text}</a>`
      : html`${text}`,
  );
}

/** Whether a reply is in Spanish: only alarms and one fixed sentence are. */
function languageOf(text: string): string {
  return /[ñáéíóú¿¡]/i.test(text) ? "es" : "en";
}

/** A link that calls the clinic; nothing while its number is not known. */
function call(phone: string, texts: Texts): Shown {
  return phone ? link({ title: fill(texts.call, phone), url: phoneLink(phone) }) : nothing;
}

/** The number and 911, always in the same place. */
export function calls(phone: string, texts: Texts): TemplateResult {
  return html`<div class="calls">
    ${call(phone, texts)}
    <a class="button urgent" href="tel:911">${icons.warning}${texts.call911}</a>
  </div>`;
}

export function notice(texts: Texts): TemplateResult {
  return html`<div class="notice">
    <strong>${texts.emergency}</strong>
    ${texts.notice} ${texts.english}
  </div>`;
}

export interface VerdictEvents {
  rate(message: Message, verdict: Verdict): void;
  explain(message: Message, why: string): void;
}

function reason(message: Message, texts: Texts, events: VerdictEvents): TemplateResult {
  const submit = (event: Event): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    events.explain(message, (form.elements.namedItem("why") as HTMLTextAreaElement).value);
  };
  return html`<form class="why" @submit=${submit}>
    <label>${texts.why}<textarea name="why" rows="2" dir="auto"></textarea></label>
    <div class="row">
      <button class="strong">${texts.send}</button>
      <button type="button" class="plain" @click=${() => events.explain(message, "")}>
        ${texts.skip}
      </button>
    </div>
  </form>`;
}

function verdict(message: Message, texts: Texts, events: VerdictEvents): Shown {
  if (!message.topics) return nothing;
  const thumb = (value: Verdict, name: string, sign: unknown): TemplateResult =>
    html`<button
      aria-label=${name}
      aria-pressed=${message.verdict === value}
      ?disabled=${!!message.verdict}
      @click=${() => events.rate(message, value)}
    >
      ${sign}
    </button>`;
  return html`<div class="verdict" role="group" aria-label=${texts.rate}>
      <span>${message.why === "thanked" ? texts.thanks : texts.rate}</span>
      ${thumb("good", texts.good, icons.up)}${thumb("bad", texts.bad, icons.down)}
    </div>
    ${message.why === "asked" ? reason(message, texts, events) : nothing}`;
}

export function turn(message: Message, texts: Texts, events: VerdictEvents): TemplateResult {
  const { mine, text, alarm, state } = message;
  const kind = [mine && "mine", alarm && "alarm", state].filter(Boolean).join(" ");
  const links = (message.buttons ?? []).filter((button) => safeLink(button.url));
  return html`<div class="turn ${kind}">
    <div class="bubble" lang=${mine ? nothing : languageOf(text)}>
      ${alarm
        ? html`<div class="head" lang=${texts.code}>${icons.warning}${texts.alarm}</div>`
        : nothing}
      <span class="unseen" lang=${texts.code}>${mine ? texts.you : texts.assistant}</span>
      <span class="words" dir="auto">${words(text)}</span>
    </div>
    ${links.length ? html`<div class="links">${links.map(link)}</div>` : nothing}
    ${verdict(message, texts, events)}
  </div>`;
}

/** Quick replies: those under the last answer, or the questions to start with. */
export function choices(
  buttons: Button[],
  texts: Texts,
  choose: (button: Button) => void,
): Shown {
  if (!buttons.length) return nothing;
  return html`<div class="choices" role="group" aria-label=${texts.suggestions}>
    ${buttons.map((one) => html`<button @click=${() => choose(one)}>${one.title}</button>`)}
  </div>`;
}

/** A question with yes and no in place of the browser's own box. */
export function confirmation(texts: Texts, answer: (yes: boolean) => void): TemplateResult {
  return html`<div class="trouble" role="alertdialog" aria-labelledby="ask" tabindex="-1">
    <p id="ask">${texts.sure}</p>
    <div class="row">
      <button class="strong" @click=${() => answer(true)}>${texts.yes}</button>
      <button class="plain" @click=${() => answer(false)}>${texts.no}</button>
    </div>
  </div>`;
}

/** What went wrong, 911, "try again" and the number. */
export function trouble(
  text: string,
  phone: string,
  texts: Texts,
  again: (() => void) | undefined,
): TemplateResult {
  return html`<div class="trouble" role="alert">
    <p>${text} <strong>${texts.emergency}</strong></p>
    <div class="row">
      ${again ? html`<button class="strong" @click=${again}>${texts.again}</button>` : nothing}
      ${call(phone, texts)}
    </div>
  </div>`;
}

/** The dots, and a word when it takes long. */
export function writing(late: boolean, texts: Texts): TemplateResult {
  return html`<div class="writing">
    <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>
    <span class=${late ? "" : "unseen"}>${late ? texts.slow : texts.writing}</span>
  </div>`;
}
