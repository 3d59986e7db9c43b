/** Requests and answers of the size and shape of everyday use. */

const sentences =
  'The gateway hands the question to one of many keys and returns what the model said, word by word, as it came. ' +
  'A key that has used up its minute rests until the minute is over; nobody who asks needs to know of it. '

/** Plain English, so many letters of it. */
export const textOf = (length: number) => sentences.repeat(Math.ceil(length / sentences.length)).slice(0, length)

/** A chat of four turns as `@google/genai` sends it; about `bytes` long. */
export const requestBody = (bytes: number): string =>
  fill(bytes, text =>
    JSON.stringify({
      contents: [
        { role: 'user', parts: [{ text: textOf(Math.floor(text / 4)) }] },
        { role: 'model', parts: [{ text: textOf(Math.floor(text / 4)) }] },
        { role: 'user', parts: [{ text: textOf(text - 2 * Math.floor(text / 4)) }] },
      ],
      systemInstruction: { parts: [{ text: 'Answer briefly, in plain words.' }] },
      generationConfig: { temperature: 0.7, topP: 0.95, maxOutputTokens: 2048 },
    }),
  )

export const answerTokens = { prompt: 412, output: 298 }

/** A whole GenerateContentResponse, indented as Google writes it; about `bytes` long. */
export const answerBody = (bytes: number): string =>
  fill(bytes, text => JSON.stringify(answer(textOf(text), 'STOP'), null, 2))

/** The events of a streamed answer, each about `bytes` long; the last one carries the finish reason. */
export const answerEvents = (count: number, bytes: number): readonly string[] =>
  Array.from({ length: count }, (_, index) =>
    fill(
      bytes,
      text => `data: ${JSON.stringify(answer(textOf(text), index === count - 1 ? 'STOP' : undefined))}\r\n\r\n`,
    ),
  )

const answer = (text: string, finishReason: string | undefined) => ({
  candidates: [{ content: { parts: [{ text }], role: 'model' }, ...(finishReason && { finishReason }), index: 0 }],
  ...(finishReason && {
    usageMetadata: {
      promptTokenCount: answerTokens.prompt,
      candidatesTokenCount: answerTokens.output,
      totalTokenCount: answerTokens.prompt + answerTokens.output,
    },
  }),
  modelVersion: 'gemini-3.8-flash',
})

/** The body with as much text in it as `bytes` leave room for. */
export const fill = (bytes: number, write: (textLength: number) => string): string =>
  write(Math.max(1, bytes - write(0).length))
