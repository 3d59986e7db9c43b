import { connect, type Socket } from 'node:net'
import { SocksClient } from 'socks'
import type { SocksServer } from './proxy-address.ts'

/** Why a SOCKS server did not connect, as a code without addresses. */
export class SocksRefused extends Error {
  readonly reason: string

  constructor(reason: string) {
    super(reason)
    this.name = 'SocksRefused'
    this.reason = reason
  }
}

export type SocksAttempt = {
  /** Rejects with `SocksRefused` only. */
  readonly connected: Promise<Socket>
  /** Ends the attempt, or the connection it led to. */
  readonly destroy: () => void
}

/** Whoever asked gives up earlier, by its own limit. */
const longestHandshake = 300_000

/** Connects to `host:port` by way of a SOCKS5 server, which looks the name up. */
export const connectOverSocks = (server: SocksServer, host: string, port: number): SocksAttempt => {
  const socket = connect({ host: server.host, port: server.port, noDelay: true })
  return { connected: shakeHands(socket, server, host, port), destroy: () => socket.destroy() }
}

const shakeHands = async (socket: Socket, server: SocksServer, host: string, port: number): Promise<Socket> => {
  await connectedTo(socket)
  try {
    await SocksClient.createConnection({
      proxy: {
        host: server.host,
        port: server.port,
        type: 5,
        ...(server.user === '' && server.password.reveal() === ''
          ? {}
          : { userId: server.user, password: server.password.reveal() }),
      },
      command: 'connect',
      destination: { host, port },
      existing_socket: socket,
      timeout: longestHandshake,
    })
    return socket
  } catch (error) {
    socket.destroy()
    throw new SocksRefused(reasonOf(error))
  }
}

const connectedTo = (socket: Socket) =>
  new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(new SocksRefused(error.code ?? 'ECONNRESET'))
    const onClose = () => reject(new SocksRefused('ECONNRESET'))
    socket.once('error', onError).once('close', onClose)
    socket.once('connect', () => {
      socket.off('error', onError).off('close', onClose)
      resolve()
    })
  })

export const socksAuthenticationReason = 'proxy-authentication'

/** The words of the `socks` package; its errors also hold the whole of the proxy's address. */
const reasonOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : ''
  if (/authentication/i.test(message)) return socksAuthenticationReason
  const rejection = /rejected connection - (\w+)/.exec(message)?.[1]
  if (rejection !== undefined) return `socks-${rejection}`
  return message.includes('Socket closed') ? 'ECONNRESET' : 'socks-handshake'
}
