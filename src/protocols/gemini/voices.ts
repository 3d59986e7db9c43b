/** The prebuilt voices, as Google spells them (ai.google.dev/gemini-api/docs/speech-generation, November 2026). */
export const voices: readonly string[] = [
  'Zephyr',
  'Puck',
  'Charon',
  'Kore',
  'Fenrir',
  'Leda',
  'Orus',
  'Aoede',
  'Callirrhoe',
  'Autonoe',
  'Enceladus',
  'Iapetus',
  'Umbriel',
  'Algieba',
  'Despina',
  'Erinome',
  'Algenib',
  'Rasalgethi',
  'Laomedeia',
  'Achernar',
  'Alnilam',
  'Schedar',
  'Gacrux',
  'Pulcherrima',
  'Achird',
  'Zubenelgenubi',
  'Vindemiatrix',
  'Sadachbia',
  'Sadaltager',
  'Sulafat',
]

/** Google's spelling of a voice, whatever the case it was asked for in; undefined where there is no such voice. */
export const findVoice = (name: string): string | undefined => byLowerCase.get(name.toLowerCase())

const byLowerCase = new Map(voices.map(voice => [voice.toLowerCase(), voice]))
