/** The interface's texts in English and Spanish. Answers are the server's, in English. */

const en = {
  code: "en",
  launch: "Ask a question",
  goOn: "Continue the chat",
  title: "Questions about spine surgery",
  greeting: "Questions about spine surgery? Ask me any time.",
  dismiss: "Dismiss",
  close: "Close",
  more: "More options",
  call: "Call {}",
  emergency: "In an emergency call 911.",
  call911: "Emergency: 911",
  notice:
    "This is an automated assistant. Nobody reads this chat. Please don't write personal details.",
  hello: "Ask about minimally invasive spine surgery in your own words, or pick a question:",
  starters: [
    ["What is it?", "What is minimally invasive spine surgery?"],
    ["What are the risks?", "What are the risks?"],
    ["How long is recovery?", "How long is the recovery?"],
    ["All topics", "menu"],
  ],
  log: "Chat",
  suggestions: "Suggested questions",
  you: "You:",
  assistant: "Assistant:",
  alarm: "Get help now",
  input: "Your question",
  send: "Send",
  writing: "The assistant is writing …",
  slow: "This takes longer than usual. Please wait a moment, or call {}.",
  slowBare: "This takes longer than usual. Please wait a moment.",
  tooLong: "Please make it shorter by {} characters.",
  failed: "Your message did not get through. It is kept here.",
  offline: "You seem to be offline. Your message is kept here.",
  back: "The assistant is back.",
  again: "Try again",
  restart: "Start over",
  restartAsk: "Start over? This clears the chat on the screen and deletes it from our server.",
  larger: "Text size: {} %",
  save: "Download the chat",
  erase: "Delete my chat",
  eraseAsk: "Delete this chat? It is erased here and on our server.",
  erased: "Your chat was deleted.",
  notErased: "Your chat could not be deleted now. Please try again, or call {}.",
  yes: "Yes",
  no: "No, go back",
  other: "Español",
  english: "",
  rate: "Did this help?",
  good: "This helped",
  bad: "This did not help",
  why: "What was missing or wrong? (optional)",
  whySend: "Send",
  skip: "Skip",
  thanks: "Thank you.",
  notKept: "Your verdict could not be sent. Please try again.",
  newChat: "A new chat has begun.",
  file: "chat.txt",
  end: "In an emergency call 911. The clinic: {}",
};

export type Texts = typeof en;

const es: Texts = {
  code: "es",
  launch: "Haga una pregunta",
  goOn: "Seguir con el chat",
  title: "Preguntas sobre cirugía de columna",
  greeting: "¿Preguntas sobre la cirugía de columna? Escríbame.",
  dismiss: "Descartar",
  close: "Cerrar",
  more: "Más opciones",
  call: "Llamar al {}",
  emergency: "En una emergencia, llame al 911.",
  call911: "Emergencia: 911",
  notice:
    "Este es un asistente automático. Nadie lee este chat. Por favor, no escriba datos personales.",
  hello: "Pregunte sobre la cirugía de columna mínimamente invasiva o elija una pregunta:",
  starters: [
    ["¿Qué es?", "What is minimally invasive spine surgery?"],
    ["¿Qué riesgos hay?", "What are the risks?"],
    ["¿Cuánto dura la recuperación?", "How long is the recovery?"],
    ["Todos los temas", "menu"],
  ],
  log: "Chat",
  suggestions: "Preguntas sugeridas",
  you: "Usted:",
  assistant: "Asistente:",
  alarm: "Busque ayuda ahora",
  input: "Su pregunta",
  send: "Enviar",
  writing: "El asistente está escribiendo …",
  slow: "Tarda más de lo normal. Espere un momento o llame al {}.",
  slowBare: "Tarda más de lo normal. Espere un momento.",
  tooLong: "Por favor, acorte el texto en {} caracteres.",
  failed: "Su mensaje no llegó. Se conserva aquí.",
  offline: "Parece que no hay conexión. Su mensaje se conserva aquí.",
  back: "El asistente está de vuelta.",
  again: "Intentar otra vez",
  restart: "Empezar de nuevo",
  restartAsk: "¿Empezar de nuevo? El chat se borra de la pantalla y de nuestro servidor.",
  larger: "Tamaño del texto: {} %",
  save: "Descargar el chat",
  erase: "Borrar mi chat",
  eraseAsk: "¿Borrar este chat? Se borra aquí y en nuestro servidor.",
  erased: "Su chat fue borrado.",
  notErased: "No se pudo borrar el chat ahora. Intente otra vez o llame al {}.",
  yes: "Sí",
  no: "No, volver",
  other: "English",
  english:
    "Las respuestas están en inglés por ahora. Las de emergencia pueden venir también en español.",
  rate: "¿Le ayudó?",
  good: "Me ayudó",
  bad: "No me ayudó",
  why: "¿Qué faltó o estuvo mal? (opcional)",
  whySend: "Enviar",
  skip: "Omitir",
  thanks: "Gracias.",
  notKept: "No se pudo enviar su opinión. Intente otra vez.",
  newChat: "Empezó un chat nuevo.",
  file: "chat.txt",
  end: "En una emergencia, llame al 911. La clínica: {}",
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
