import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { functionName, strictToolSchema, toolSchema } from '../protocols/_tool-schemas.ts'
import { say, sentUp, user } from './_ask.ts'
import { gatewayForTests } from './_gateways.ts'

const gateway = gatewayForTests()

/** What JSON can carry; clients have no functions without a name. */
const name = functionName.filter(text => text !== '' && text.isWellFormed())

const schema = fc.oneof(
  toolSchema.map(sampled => ({ parameters: sampled.schema, strict: false })),
  strictToolSchema.map(parameters => ({ parameters, strict: true })),
)

/** `SCHEMA_REQUESTS=5000` tries more, and other ones each time. */
const wanted = Number(process.env.SCHEMA_REQUESTS ?? 0)
const runs = wanted > 0 ? { numRuns: wanted } : { numRuns: 150, seed: 20_261_123 }

test.each(['gemini-3.6-flash', 'gemini-2.5-flash'])(
  'any tool is let in by %s and can be called by its own name, with its own properties',
  async model => {
    await fc.assert(
      fc.asyncProperty(
        name,
        fc.array(name, { maxLength: 2 }),
        schema,
        fc.boolean(),
        async (own, others, of, stream) => {
          gateway.emulator.clearRequests()
          const declare = (called: string) => ({
            type: 'function',
            function: { name: called, description: 'It.', ...of },
          })
          const { calls, finishReason } = await say(gateway, {
            model,
            stream,
            messages: [user('Go')],
            tools: [own, ...others.filter(other => other !== own)].map(declare),
            tool_choice: { type: 'function', function: { name: own } },
          })
          expect({ names: calls.map(call => call.name), finishReason }).toEqual({
            names: [own],
            finishReason: 'tool_calls',
          })
          expect(JSON.parse(calls[0]?.arguments ?? '')).toBeObject()
          const [body] = sentUp(gateway)
          const sent = body.tools[0].functionDeclarations[0].parametersJsonSchema?.properties ?? {}
          expect(Object.keys(sent).sort()).toEqual(Object.keys(of.parameters.properties as object).sort())
        },
      ),
      runs,
    )
  },
  600_000,
)

test('any schema of an answer is let in, and JSON comes back', async () => {
  const model = fc.constantFrom('gemini-3.6-flash', 'gemini-2.5-flash')
  await fc.assert(
    fc.asyncProperty(model, schema, fc.boolean(), async (named, { parameters, strict }, stream) => {
      gateway.emulator.clearRequests()
      const { content, finishReason } = await say(gateway, {
        model: named,
        stream,
        messages: [user('Go')],
        response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: parameters, strict } },
      })
      expect(finishReason).toBe('stop')
      expect(JSON.parse(content)).toBeObject()
      const [{ generationConfig }] = sentUp(gateway)
      const sent = generationConfig.responseJsonSchema?.properties ?? {}
      expect(Object.keys(sent).sort()).toEqual(Object.keys(parameters.properties as object).sort())
    }),
    runs,
  )
}, 600_000)
