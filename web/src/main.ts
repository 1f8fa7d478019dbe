/** Runs once for each script tag: defines the element, and puts one on the page. */
import { NAMES } from "./options.js";
import { SpineChatWidget } from "./widget.js";

const NAME = "spinechat-widget";

// Gone when this function runs later, so it is read at once. Other scripts may have put this one
// elsewhere: then the tag that names it counts.
const tag =
  document.currentScript ?? document.querySelector('script[src*="/chat/widget"]');

/** The chat's address: as the option says, else where the script came from; with a slash. */
function serverOf(given: string | null): string {
  const source = tag instanceof HTMLScriptElement && tag.src ? tag.src : location.href;
  const address = given ? new URL(given.replace(/\/*$/, "/chat/"), location.href) : new URL(".", source);
  return address.href;
}

function place(): void {
  const server = serverOf(tag?.getAttribute("data-server") ?? null);
  const written = document.querySelectorAll(NAME);
  for (const element of written) {
    if (!element.hasAttribute("server")) element.setAttribute("server", server);
  }
  if (written.length) return;
  const element = document.createElement(NAME);
  for (const name of NAMES) {
    const value = tag?.getAttribute(`data-${name}`);
    if (value) element.setAttribute(name, value);
  }
  element.setAttribute("server", server);
  // Beside the body: frameworks exchange that, and styles with "transform" on it would move us.
  document.documentElement.append(element);
}

place();
// A second script finds the first one's element in place.
if (!customElements.get(NAME)) customElements.define(NAME, SpineChatWidget);
