import { describe, expect, test } from 'bun:test'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fingerprintOf } from '#src/security/secret.ts'
import { openSecretBox, SecretBoxError } from '#src/security/secret-box.ts'
import { temporaryFolder } from '#tests/storage/_databases.ts'

const withKey = (encryptionKey: string) => openSecretBox({ encryptionKey, dataDirectory: '/nowhere' })

describe('a secret box', () => {
  const box = withKey('a passphrase')

  test.each(['', 'planted-secret', 'Schlüssel 🔑', 'x'.repeat(100_000)])('opens what it sealed (%#)', text => {
    const sealed = box.seal(text)
    expect(box.open(sealed)).toBe(text)
    expect(box.isSealed(sealed)).toBe(true)
    expect(sealed).toMatch(/^enc:v1:[\w-]+$/)
  })

  test('seals one text differently every time', () => {
    expect(box.seal('planted-secret')).not.toBe(box.seal('planted-secret'))
  })

  test('opens what a box with the same passphrase sealed elsewhere', () => {
    expect(withKey('a passphrase').open(box.seal('planted-secret'))).toBe('planted-secret')
  })

  test('says that the key is another one, without the secret, the key or the sealed text', () => {
    const sealed = box.seal('planted-secret')
    const open = () => withKey('another passphrase').open(sealed)
    expect(open).toThrow(SecretBoxError)
    expect(open).toThrow('ENCRYPTION_KEY')
    expect(open).not.toThrow(/passphrase|planted|enc:v1/)
  })

  test('refuses a sealed text that was changed in any place', () => {
    const sealed = box.seal('planted-secret')
    for (let at = 'enc:v1:'.length; at < sealed.length - 1; at += 1) {
      const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1)
      expect(() => box.open(changed)).toThrow(SecretBoxError)
    }
  })

  test.each(['planted-secret', 'enc:v1:', 'enc:v1:AAAA', ''])('refuses what was never sealed: "%s"', text => {
    expect(() => box.open(text)).toThrow(SecretBoxError)
  })

  test('names a secret by a stable id that begins with its fingerprint', () => {
    const id = box.keyIdOf('planted-secret')
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    expect(withKey('a passphrase').keyIdOf('planted-secret')).toBe(id)
    expect(withKey('another passphrase').keyIdOf('planted-secret')).not.toBe(id)
    expect(id.startsWith(fingerprintOf('planted-secret', box.hmacKey))).toBe(true)
  })
})

describe('without ENCRYPTION_KEY', () => {
  const folder = temporaryFolder()
  const inFolder = (name: string, encryptionKey?: string) =>
    openSecretBox({ encryptionKey, dataDirectory: join(folder(), name) })

  test('a key file that only its owner can read is made, with its folder, and used from then on', () => {
    const sealed = inFolder('a/b').seal('planted-secret')
    const file = join(folder(), 'a/b/encryption.key')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder(), 'a/b'))).toEqual(['encryption.key'])
    expect(inFolder('a/b', '').open(sealed)).toBe('planted-secret')
  })

  test('two installations have two keys', () => {
    expect(inFolder('one').keyIdOf('planted-secret')).not.toBe(inFolder('two').keyIdOf('planted-secret'))
  })

  test.each(['', 'too short', Buffer.alloc(33).toString('base64')])(
    'a damaged key file is refused and kept (%#)',
    text => {
      const directory = join(folder(), `damaged-${text.length}`)
      mkdirSync(directory)
      writeFileSync(join(directory, 'encryption.key'), text)
      expect(() => openSecretBox({ encryptionKey: undefined, dataDirectory: directory })).toThrow('damaged')
      expect(readFileSync(join(directory, 'encryption.key'), 'utf8')).toBe(text)
    },
  )

  test('eight processes that start together use one key', async () => {
    const script = `
      import { openSecretBox } from '#src/security/secret-box.ts'
      const box = openSecretBox({ encryptionKey: undefined, dataDirectory: process.argv.at(-1) })
      process.stdout.write(box.keyIdOf('planted-secret'))`
    const start = () =>
      Bun.spawn([process.execPath, '-e', script, join(folder(), 'together')], { stdout: 'pipe', stderr: 'inherit' })
    const ids = await Promise.all(Array.from({ length: 8 }, () => start().stdout.text()))
    expect(new Set(ids)).toEqual(new Set([inFolder('together').keyIdOf('planted-secret')]))
    expect(readdirSync(join(folder(), 'together'))).toEqual(['encryption.key'])
  })
})
