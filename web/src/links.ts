/** Which links a reply may hold, and how numbers and addresses in its text become links. */

const SCHEMES = /^(tel|https|mailto):/i;
// A phone number of ten or eleven digits, an https address, or an e-mail address.
const LINKS =
  /(?:\+?1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?!\d)|https:\/\/[^\s<>"]+[^\s<>".,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;

/** A link's address if it is tel:, https: or mailto:; else nothing (javascript:, data:, ...). */
export function safeLink(url: unknown): string | undefined {
  // Browsers drop control characters from an address, so that "java\nscript:" is one.
  const clean = typeof url === "string" ? url.replace(/[\u0000-\u0020]/g, "") : "";
  return SCHEMES.test(clean) ? clean : undefined;
}

/** tel: of a number as people write it. */
export function phoneLink(phone: string): string {
  const digits = phone.replace(/\D/g, "");
  const country = digits.length === 10 ? "+1" : digits.length === 11 ? "+" : "";
  return `tel:${country}${digits}`;
}

/** A piece of text; with an address it is a link. */
export interface Piece {
  text: string;
  url?: string;
}

/** A text in pieces, links among them. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(LINKS)) {
    const link = match[0];
    const url = link.includes("://") ? link : link.includes("@") ? `mailto:${link}` : phoneLink(link);
    found.push({ text: text.slice(end, match.index) }, { text: link, url });
    end = match.index + link.length;
  }
  return [...found, { text: text.slice(end) }];
}
