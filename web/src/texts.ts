/** The interface's texts in English and Spanish. Answers are the server's, in English. */

const en = {
  code: "en",
  launch: "Ask a question",
  goOn: "Continue the chat",
  title: "Questions about spine surgery",
  kind: "Automated assistant",
  greeting: "Questions about spine surgery? Ask me any time.",
  close: "Close",
  more: "More options",
  call: "Call {}",
  emergency: "In an emergency call 911.",
  call911: "Call 911",
  notice:
    "This is an automated assistant. Nobody reads this chat. Please don't write personal details.",
  hello: "Ask in your own words, or pick a question:",
  starters: [
    ["What is it?", "What is minimally invasive spine surgery?"],
    ["What are the risks?", "What are the risks?"],
    ["How long is recovery?", "How long is the recovery?"],
    ["All topics", "menu"],
  ],
  suggestions: "Suggested questions",
  you: "You:",
  assistant: "Assistant:",
  alarm: "Get help now",
  input: "Your question",
  send: "Send",
  writing: "The assistant is writing …",
  slow: "This takes longer than usual. Please wait, or call the clinic.",
  tooLong: "Please make it shorter by {} characters.",
  failed: "Your message did not get through. It is kept here.",
  offline: "You seem to be offline. Your message is kept here.",
  again: "Try again",
  restart: "Start over",
  sure: "This deletes the chat, here and on our server. Go on?",
  larger: "Text size: {} %",
  save: "Download the chat",
  erase: "Delete my chat",
  erased: "Your chat was deleted.",
  yes: "Yes",
  no: "No",
  other: "Español",
  english: "",
  rate: "Did this help?",
  good: "This helped",
  bad: "This did not help",
  why: "What was missing or wrong? (optional)",
  skip: "Skip",
  thanks: "Thank you.",
  notDone: "That did not work. Please try again.",
};

export type Texts = typeof en;

const es: Texts = {
  code: "es",
  launch: "Haga una pregunta",
  goOn: "Seguir con el chat",
  title: "Preguntas sobre cirugía de columna",
  kind: "Asistente automático",
  greeting: "¿Preguntas sobre la cirugía de columna? Escríbame.",
  close: "Cerrar",
  more: "Más opciones",
  call: "Llamar: {}",
  emergency: "En una emergencia, llame al 911.",
  call911: "Llamar 911",
  notice:
    "Este es un asistente automático. Nadie lee este chat. Por favor, no escriba datos personales.",
  hello: "Pregunte en sus palabras o elija una pregunta:",
  starters: [
    ["¿Qué es?", "What is minimally invasive spine surgery?"],
    ["¿Qué riesgos hay?", "What are the risks?"],
    ["¿Cuánto dura la recuperación?", "How long is the recovery?"],
    ["Todos los temas", "menu"],
  ],
  suggestions: "Preguntas sugeridas",
  you: "Usted:",
  assistant: "Asistente:",
  alarm: "Busque ayuda ahora",
  input: "Su pregunta",
  send: "Enviar",
  writing: "El asistente está escribiendo …",
  slow: "Tarda más de lo normal. Espere o llame a la clínica.",
  tooLong: "Por favor, acorte el texto en {} caracteres.",
  failed: "Su mensaje no llegó. Se conserva aquí.",
  offline: "Parece que no hay conexión. Su mensaje se conserva aquí.",
  again: "Intentar otra vez",
  restart: "Empezar de nuevo",
  sure: "Esto borra el chat, aquí y en nuestro servidor. ¿Seguir?",
  larger: "Tamaño del texto: {} %",
  save: "Descargar el chat",
  erase: "Borrar mi chat",
  erased: "Su chat fue borrado.",
  yes: "Sí",
  no: "No",
  other: "English",
  english:
    "Las respuestas están en inglés; las de emergencia, a veces también en español.",
  rate: "¿Le ayudó?",
  good: "Me ayudó",
  bad: "No me ayudó",
  why: "¿Qué faltó o estuvo mal? (opcional)",
  skip: "Omitir",
  thanks: "Gracias.",
  notDone: "Eso no funcionó. Intente otra vez.",
};

export const TEXTS = { en, es };
export type Language = keyof typeof TEXTS;

/** Puts a value into the place {} of a text. */
export function fill(text: string, value: string | number): string {
  return text.replace("{}", () => String(value));
}

/** The language of a tag such as "es-US"; nothing for languages that there are no texts in. */
export function known(tag: string | null | undefined): Language | undefined {
  const code = (tag ?? "").slice(0, 2).toLowerCase();
  return code in TEXTS ? (code as Language) : undefined;
}
