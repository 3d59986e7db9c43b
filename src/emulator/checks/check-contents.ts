import type { Model } from '../models/catalogue.ts'
import { foreignResource, invalidArgument, type Violation } from '../wire/google-error.ts'
import type { Blob, Content, GenerateContentRequest, Part } from '../wire/messages.ts'

/** The field rules of contents and system instruction; `owner` is the message that Google's paths start with. */
export const contentViolations = (
  request: Pick<GenerateContentRequest, 'contents' | 'systemInstruction'>,
  owner: string,
): readonly Violation[] => {
  const contents = request.contents ?? []
  if (contents.length === 0) return [`${owner}.contents: contents is not specified`]
  const system = request.systemInstruction
  return [
    ...contents.flatMap((content, index) => partsViolations(content, `${owner}.contents[${index}]`)),
    ...(system === undefined ? [] : partsViolations(system, `${owner}.system_instruction`)),
  ]
}

export const partsViolations = (content: Content, path: string): readonly Violation[] => {
  const parts = content.parts ?? []
  if (parts.length === 0) return [`${path}.parts: contents.parts must not be empty.`]
  return parts.flatMap((part, index) => partViolations(part, `${path}.parts[${index}]`))
}

const dataFields = [
  'inlineData',
  'functionCall',
  'functionResponse',
  'fileData',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
] as const satisfies readonly (keyof Part)[]

const partViolations = (part: Part, path: string): readonly Violation[] => {
  const hasText = part.text !== undefined && (part.text !== '' || part.thoughtSignature !== undefined)
  if (!hasText && dataFields.every(field => part[field] === undefined))
    return [`${path}.data: required oneof field 'data' must have one initialized field`]
  if (part.functionCall !== undefined && (part.functionCall.name ?? '') === '')
    return [`${path}.function_call.name: Name cannot be empty.`]
  if (part.functionResponse !== undefined && (part.functionResponse.name ?? '') === '')
    return [`${path}.function_response.name: Name cannot be empty.`]
  if (part.inlineData !== undefined && (part.inlineData.mimeType ?? '') === '')
    return [`${path}.inline_data.mime_type: must not be empty`]
  return []
}

/** The rules on roles, media and what a model takes. */
export const checkContents = (request: GenerateContentRequest, model: Model): void => {
  for (const content of request.contents ?? []) checkContent(content)
  if (request.systemInstruction !== undefined && !model.traits.systemInstruction)
    throw invalidArgument(`Developer instruction is not enabled for models/${model.id}`)
  if (request.cachedContent !== undefined) throw foreignResource('cachedContents', request.cachedContent)
}

const checkContent = (content: Content): void => {
  const role = content.role ?? ''
  if (role !== '' && role !== 'user' && role !== 'model') throw invalidArgument('Please use a valid role: user, model.')
  for (const part of content.parts ?? []) {
    if (part.inlineData !== undefined) checkMimeType(part.inlineData)
    if (part.fileData !== undefined) refuseForeignFile(part.fileData.fileUri ?? '')
  }
}

/** A type with parameters is none of these, and neither is a web page. */
const readable =
  /^(?:image\/(?:png|jpe?g|webp|heic|heif|gif|bmp)|(?:audio|video)\/[\w.+-]+(?:;.*)?|text\/(?!html)[\w.+-]+|application\/(?:pdf|json|xml|rtf|x-javascript|x-python|javascript))$/

const checkMimeType = ({ mimeType = '' }: Blob): void => {
  if (!readable.test(mimeType.toLowerCase())) throw invalidArgument(`Unsupported MIME type: ${mimeType}`)
}

/** The emulator stores no files: each file of this API is another project's. Addresses elsewhere are taken as public. */
const refuseForeignFile = (uri: string): void => {
  const id =
    /generativelanguage\.googleapis\.com\/v1\w*\/files\/([^/?]+)/.exec(uri)?.[1] ?? /^files\/(.+)$/.exec(uri)?.[1]
  if (id !== undefined) throw foreignResource('files', id)
}
