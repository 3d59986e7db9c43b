import { describe, expect, test } from 'bun:test'
import { checkThinking } from '#src/emulator/checks/check-thinking.ts'
import { models } from '#src/emulator/models/catalogue.ts'
import {
  leastThinking,
  type ThinkingEffort,
  thinkingConfigFor,
  thinkingConfigOf,
} from '#src/protocols/gemini/thinking.ts'

const efforts: readonly ThinkingEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

describe('what each effort means, from none to max', () => {
  test.each([
    ['gemini-2.5-flash', [0, 1024, 1024, 8192, 24_576, 24_576, 24_576]],
    ['gemini-2.5-flash-lite', [0, 1024, 1024, 8192, 24_576, 24_576, 24_576]],
    ['gemini-2.5-pro', [128, 1024, 1024, 8192, 24_576, 32_768, 32_768]],
  ])('%s is given tokens', (model, budgets) => {
    expect(efforts.map(effort => thinkingConfigFor(effort, model))).toEqual(
      budgets.map(thinkingBudget => ({ thinkingBudget })),
    )
  })

  const [minimal, low, medium, high] = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH']
  test.each([
    ['gemini-3-flash-preview', [minimal, minimal, low, medium, high, high, high]],
    ['gemini-3.5-flash', [minimal, minimal, low, medium, high, high, high]],
    ['gemini-3.1-flash-lite', [minimal, minimal, low, medium, high, high, high]],
    ['gemini-flash-lite-latest', [minimal, minimal, low, medium, high, high, high]],
    ['gemini-3.7-flash', [low, low, low, medium, high, high, high]],
    ['gemini-3.8-flash', [low, low, low, medium, high, high, high]],
    ['gemini-3.1-pro-preview', [low, low, low, medium, high, high, high]],
    ['gemini-flash-latest', [low, low, low, medium, high, high, high]],
    ['gemini-4-argon', [low, low, low, medium, high, high, high]],
    ['some-model-of-tomorrow', [low, low, low, medium, high, high, high]],
    ['gemma-4-31b-it', [minimal, minimal, minimal, high, high, high, high]],
    ['gemini-3.1-flash-image', [minimal, minimal, minimal, high, high, high, high]],
  ])('%s is given a level', (model, levels) => {
    expect(efforts.map(effort => thinkingConfigFor(effort, model))).toEqual(
      levels.map(thinkingLevel => ({ thinkingLevel })),
    )
  })

  test.each([
    'gemini-2.0-flash',
    'gemma-3-27b-it',
    'gemma-3n-e4b-it',
    'gemini-2.5-flash-image',
    'gemini-3.8-flash-tts',
    'gemini-2.5-flash-preview-tts',
    'gemini-embedding-2',
    'gemini-3.5-transcribe',
    'imagen-4.0-generate-001',
  ])('%s does not think', model => {
    expect([...efforts.map(effort => thinkingConfigFor(effort, model)), leastThinking(model)]).toEqual(
      Array.from({ length: 8 }, () => null),
    )
    expect(thinkingConfigOf(1000, model)).toBeNull()
    expect(thinkingConfigOf(-1, model)).toBeNull()
  })
})

test.each([
  ['gemini-2.5-flash', 0, { thinkingBudget: 0 }],
  ['gemini-2.5-flash', 512.4, { thinkingBudget: 512 }],
  ['gemini-2.5-flash', 99_999, { thinkingBudget: 24_576 }],
  ['gemini-2.5-flash', -1, { thinkingBudget: -1 }],
  ['gemini-2.5-flash-lite', 100, { thinkingBudget: 512 }],
  ['gemini-2.5-pro', 0, { thinkingBudget: 128 }],
  ['gemini-3.5-flash', 0, { thinkingLevel: 'MINIMAL' }],
  ['gemini-3.8-flash', 0, { thinkingLevel: 'LOW' }],
  ['gemini-3.8-flash', 2000, { thinkingLevel: 'LOW' }],
  ['gemini-3.8-flash', 8192, { thinkingLevel: 'MEDIUM' }],
  ['gemini-3.8-flash', 32_768, { thinkingLevel: 'HIGH' }],
  ['gemini-3.8-flash', -1, null],
])('%s for %d tokens', (model, tokens, config) => {
  expect(thinkingConfigOf(tokens, model)).toEqual(config)
})

const asked = models.filter(({ listed }) => listed.supportedGenerationMethods.includes('generateContent'))

test.each(asked.map(model => [model.id, model] as const))('Google accepts every effort for %s', (id, model) => {
  for (const config of [...efforts.map(effort => thinkingConfigFor(effort, id)), thinkingConfigOf(-1, id)]) {
    expect(() => checkThinking(config ?? undefined, model)).not.toThrow()
  }
})
