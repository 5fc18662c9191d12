import GRDB
import StationCore

/// Turns what SQLite and GRDB throw into a failure with a name, and says what it means for the store.
enum StoreFault {
    /// The failure for an error of a database access.
    static func failure(for error: any Error) -> Failure {
        switch error {
        case let failure as Failure: failure
        case let error as DatabaseError: failure(for: error)
        case let row as DamagedRow: Failure(.storeDamaged, "impossible value in column \(row.column)")
        case is RowDecodingError: Failure(.storeDamaged, "a stored value has an impossible type")
        default: Failure(.internalFault, "store: \(type(of: error))")
        }
    }

    /// Whether after this error nobody can say what the disk holds: a failed write or fsync is never retried (law 1).
    static func poisons(_ error: any Error) -> Bool {
        guard let error = error as? DatabaseError else { return false }
        switch error.resultCode {
        case .SQLITE_IOERR: return !readFaults.contains(error.extendedResultCode.rawValue)
        case .SQLITE_CANTOPEN, .SQLITE_READONLY: return true
        default: return false
        }
    }

    /// Whether the error says that a row, a tree or the file itself is damaged: a new database has to be built from its rows.
    static func isDamage(_ error: any Error) -> Bool {
        if error is DamagedRow || error is RowDecodingError { return true }
        guard let error = error as? DatabaseError else { return false }
        return [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
    }

    private static let readFaults: Set<CInt> = [
        ResultCode.SQLITE_IOERR_READ.rawValue, ResultCode.SQLITE_IOERR_SHORT_READ.rawValue,
        ResultCode.SQLITE_IOERR_NOMEM.rawValue, ResultCode.SQLITE_IOERR_CORRUPTFS.rawValue,
        ResultCode.SQLITE_IOERR_DATA.rawValue,
    ]

    private static func failure(for error: DatabaseError) -> Failure {
        // The extended code alone: the message and the SQL may quote values.
        let detail = "SQLite result \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL: return Failure(.diskFull, detail)
        case .SQLITE_IOERR:
            return Failure(poisons(error) ? .diskWriteFailed : .storeDamaged, detail)
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            return Failure(.diskWriteFailed, detail)
        // Our statements fit our schema, so that one that does not compile met another schema.
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR: return Failure(.storeDamaged, detail)
        case .SQLITE_BUSY, .SQLITE_LOCKED: return Failure(.storeUnsafe, "another process has the database open")
        default: return Failure(.internalFault, detail)
        }
    }
}
