import type { AnyElysia } from 'elysia'
import type { SettingDefinitions, SettingValues } from '#src/config/define-settings.ts'
import type { SignatureMemory } from '#src/conversations/signature-memory.ts'
import type { MediaFetcher } from '#src/media/media-fetcher.ts'
import type { GeminiPayload } from '#src/protocols/gemini/payload.ts'
import type { BodyLimits } from '#src/web/read-body.ts'
import type { Answered, Built, Door, GeminiAnswer, KeyWish, Mode, ModeDetected, Resolved } from './exchange.ts'

/**
 * The named points of the pipeline at which plugins refine a value. Each is the value and what is known when it is made.
 * The points are keys of this type: a typo does not compile.
 */
export type Points = {
  /** Text or speech. */
  readonly mode: { readonly value: Mode; readonly known: Resolved }
  /** The request body of generateContent and streamGenerateContent. */
  readonly payload: { readonly value: GeminiPayload; readonly known: ModeDetected }
  /** Which key is wished for. */
  readonly key: { readonly value: KeyWish; readonly known: Built }
  /** A whole answer, parsed. */
  readonly response: { readonly value: GeminiAnswer; readonly known: Answered }
  /** One event of a streamed answer, parsed. */
  readonly events: { readonly value: GeminiAnswer; readonly known: Answered }
}

/** Same type in, same type out. `applies` is asked once per request; where it says no, the stage costs nothing more. */
export type PluginStage<Point extends keyof Points> = {
  readonly applies: (known: Points[Point]['known']) => boolean
  readonly run: (value: Points[Point]['value'], known: Points[Point]['known']) => Points[Point]['value']
}

/** An ending of model names that a plugin owns. Data, so that model lists can show it and two owners are refused. */
export type Suffix = {
  readonly suffix: `-${string}`
  /** Whether the suffix may follow this model's name, by the settings as they are now. */
  readonly allows: (model: string) => boolean
  /** Whether model lists show it; where absent, whatever is allowed is shown. */
  readonly offers?: (model: string) => boolean
  /** Added to the display name in model lists. */
  readonly label: string
}

export type PluginParts = {
  readonly suffixes?: readonly Suffix[]
  readonly stages?: { readonly [Point in keyof Points]?: PluginStage<Point> }
  readonly routes?: (gateway: Gateway) => AnyElysia
}

/** A feature: its name, its settings, and what it does with their live values. */
export type Plugin = {
  readonly name: string
  readonly settings: SettingDefinitions
  readonly parts: (settings: never) => PluginParts
}

/** What a plugin's routes see of the program. */
export type Gateway = {
  /** Runs one request through the pipeline. Never throws: every failure is an answer in the door's dialect. */
  readonly exchange: (request: Request, door: Door) => Promise<Response>
  /** Answers an authenticated request without asking upstream; `produce` makes the JSON text. Logged like any other. */
  readonly answer: (request: Request, door: Door, produce: () => string | Promise<string>) => Promise<Response>
  /** Hands a request on to whoever owns another path (without the base path); body, signal and query stay. */
  readonly reroute: (request: Request, path: string) => Promise<Response>
  /** Media that a request names by their address. */
  readonly media: Pick<MediaFetcher, 'fetch'>
  /** The voice of requests that name none of Gemini's. */
  readonly defaultVoice: () => string
  /** For clients that do not send thought signatures back. */
  readonly signatures: SignatureMemory
  readonly models: ModelSource
  /** Suffixes that are switched on, longest first. */
  readonly suffixes: () => readonly string[]
  readonly bodyLimits: () => BodyLimits
  readonly basePath: string
  /** Whether the plugin is switched on right now. */
  readonly isOn: () => boolean
}

export type ModelSource = {
  /**
   * The models upstream lists for an API version, filtered, with derived names at the end.
   * @throws GatewayError when upstream cannot be asked and nothing is remembered
   */
  readonly list: (version: string) => Promise<readonly ListedModel[]>
}

/** An entry of `models.list` as it came: anything may be in it. */
export type ListedModel = Readonly<Record<string, unknown>> & { readonly name: string }

/** Declares a plugin; exists for its types: `parts` gets the live values of exactly the plugin's own settings. */
export const definePlugin = <const Definitions extends SettingDefinitions>(plugin: {
  readonly name: string
  readonly settings: Definitions
  readonly parts: (settings: SettingValues<Definitions>) => PluginParts
}): Plugin => plugin as Plugin
