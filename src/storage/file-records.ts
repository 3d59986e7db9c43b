import { toLocalTime } from './local-time.ts'
import type { OpenDatabase } from './tables.ts'

/** A file a client uploaded: only the key that uploaded it can use it. Times are milliseconds since 1970 UTC. */
export type FileRecord = {
  /** `files/<id>`. */
  readonly name: string
  readonly displayName: string | null
  readonly mimeType: string
  readonly sizeBytes: number
  readonly sha256: string | null
  readonly state: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly expiresAt: number
  readonly uri: string
  readonly keyId: string
  /** Fingerprint of the client token; null when it is not known. */
  readonly token: string | null
}

export type FileStore = {
  readonly findFile: (name: string) => Promise<FileRecord | undefined>
  /** @throws the database's error when a file of this name is there already */
  readonly insertFile: (record: FileRecord) => Promise<void>
  readonly deleteFile: (name: string) => Promise<void>
}

export const createFileStore = (database: OpenDatabase): FileStore => ({
  findFile: async name => {
    const query = database.queries.selectFrom('t_file_records').selectAll().where('name', '=', name)
    const row = await query.executeTakeFirst()
    return (
      row && {
        name: row.name,
        displayName: row.display_name,
        mimeType: row.mime_type ?? '',
        sizeBytes: row.size_bytes ?? 0,
        sha256: row.sha256_hash,
        state: row.state ?? '',
        createdAt: row.created_at,
        updatedAt: row.updated_at,
        expiresAt: row.expires_at,
        uri: row.uri ?? '',
        keyId: row.api_key ?? '',
        token: row.user_token,
      }
    )
  },
  insertFile: async record => {
    await database.queries
      .insertInto('t_file_records')
      .values({
        name: record.name,
        display_name: record.displayName,
        mime_type: record.mimeType,
        size_bytes: record.sizeBytes,
        sha256_hash: record.sha256,
        state: record.state,
        create_time: toLocalTime(record.createdAt),
        update_time: toLocalTime(record.updatedAt),
        expiration_time: toLocalTime(record.expiresAt),
        uri: record.uri,
        api_key: record.keyId,
        user_token: record.token,
        created_at: record.createdAt,
        updated_at: record.updatedAt,
        expires_at: record.expiresAt,
      })
      .execute()
  },
  deleteFile: async name => {
    await database.queries.deleteFrom('t_file_records').where('name', '=', name).execute()
  },
})
