/** What a promise gives within a time (milliseconds), or else something instead. The promise goes on unheard. */
export const within = async <Value, Instead>(
  limitMs: number,
  promise: Promise<Value>,
  instead: Instead,
): Promise<Value | Instead> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<Instead>(resolve => {
    timer = setTimeout(resolve, limitMs, instead)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
