import { expect, test } from 'bun:test'
import { startGateway } from '#tests/_gateway.ts'
import { askNative, askOpenai } from './_plugin-kit.ts'

const set = [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }]
const own = [{ category: 'HARM_CATEGORY_HATE_SPEECH', threshold: 'BLOCK_NONE' }]

test('the safety settings go with every request that brings none, of either dialect', async () => {
  const gateway = await startGateway({ settings: { SAFETY_SETTINGS: JSON.stringify(set) } })
  try {
    expect((await askNative(gateway, 'gemini-3.8-flash')).sent.safetySettings).toEqual(set)
    expect((await askNative(gateway, 'gemini-3.8-flash', { safetySettings: own })).sent.safetySettings).toEqual(own)
    expect((await askOpenai(gateway, 'gemini-3.8-flash')).sent.safetySettings).toEqual(set)
    const extra = { extra_body: { google: { safety_settings: own } } }
    expect((await askOpenai(gateway, 'gemini-3.8-flash', extra)).sent.safetySettings).toEqual(own)
  } finally {
    await gateway.stop()
  }
})
