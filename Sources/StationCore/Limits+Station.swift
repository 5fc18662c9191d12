extension Limits {
    /// The local socket API.
    public enum Local {
        /// Longest line of an exported audit.
        public static let auditLineBytes = 65_536
        /// Largest request body.
        public static let bodyBytes = 1_048_576
        /// Bytes of a body that are still taken and thrown away after the request was answered: a client that has sent so
        /// little too much keeps its connection.
        public static let unaskedBytes = 65_536
        /// Largest request head.
        public static let headBytes = 16 * 1_024
        /// Most header fields of a request.
        public static let headFields = 64
        /// Most connections at once on one socket.
        public static let connections = 64
        /// Most of these for the processes of one user id: nobody shuts the others out.
        public static let peerConnections = 32
        /// How many beyond these are told why they are refused, at once; others are closed without a word.
        public static let toldConnections = 4
        /// How long a connection beyond `peerConnections` may take to ask, so that it can be told why it is refused.
        public static let refusalDuration: Duration = .seconds(1)
        /// Requests of one user id: so many at once, and so many a second for good. One costs about a tenth of a
        /// millisecond before anything is done for it.
        public static let requestsAtOnce = 4_000, requestsPerSecond = 2_000
        /// How long a request may take from its first byte to its last.
        public static let requestDuration: Duration = .seconds(30)
        /// How long a connection may be without a request; longer than clients keep theirs, so that theirs end first.
        public static let idleDuration: Duration = .seconds(75)
        /// How long a client may take nothing of what is written to it.
        public static let stallDuration: Duration = .seconds(10)
        /// Events that may wait for one slow reader of the event stream before it is cut.
        public static let waitingEvents = 256
        /// Events kept for a client that resumes with Last-Event-ID.
        public static let keptEvents = 10_000
        /// Silence after which the event stream sends a keep-alive.
        public static let keepAlive: Duration = .seconds(15)
        /// How long the console and whoever asks the daemon keep a connection that nothing runs on: as long as it is there,
        /// its buffers hold the last that came through them.
        public static let idleConnectionSeconds: Int64 = 2
        /// Time between two attempts of a client to reach a daemon that went away: nothing tells when it is back.
        public static let reconnectInterval: Duration = .seconds(1)
        /// How long a client tries to get into the queue at a socket that is full, and how often.
        public static let queueDuration: Duration = .seconds(10), queueInterval: Duration = .milliseconds(20)
        /// Seconds that a client waits for an answer to a question.
        public static let answerSeconds: Int64 = 30
        /// Event streams that one console relays at once: open pages of one desk, with connections left for answers.
        public static let consoleStreams = 6
        /// People signed in at one console at once, tabs of one browser counted once; the largest body that a page sends it.
        public static let consoleSessions = 16, consoleBodyBytes = 8_192
        /// Reads remembered at once.
        public static let reads = 16
    }

    /// Operators and their sessions.
    public enum People {
        /// Most accounts, and most live sessions.
        public static let operators = 500
        /// Longest secret, in bytes of UTF-8; shortest passphrase and PIN, in characters.
        public static let secretBytes = 256, passphraseCharacters = 12, pinCharacters = 6
        /// scrypt: base-2 logarithm of the rounds; block size 8, parallelism 1, so 32 MiB and about a tenth of a second.
        public static let scryptRoundsLog2 = 15
        /// Sign-ins that may wait for the one thread that computes them.
        public static let waitingSignIns = 8
        /// Wrong secrets in a row before an account is locked for `lockOut`, doubled with each one more up to `lockOutLongest`.
        public static let attempts = 5, lockOut: Duration = .seconds(60), lockOutLongest: Duration = .seconds(3_600)
        /// Longest session, however busy.
        public static let session: Duration = .seconds(12 * 3_600)
        /// Longest text of a team or an intake point, in bytes of UTF-8.
        public static let nameBytes = 200
    }

    /// Problems that the point reports upward.
    public enum Issues {
        /// Longest text, in characters and in bytes of UTF-8.
        public static let characters = 500, bytes = 2_000
        /// Digits together that are taken for somebody's number: a phone number has ten, a personal number nine or twelve.
        public static let digits = 9
        /// Most problems that one station keeps.
        public static let kept: Int64 = 10_000
    }

    /// The process.
    public enum Process {
        /// So far behind a moment that is known to be past a clock may be set: people and servers correct by so much.
        public static let clockCorrection: Duration = .seconds(3_600)
        /// Longest graceful shutdown; the unit's TimeoutStopSec is longer.
        public static let shutdownDuration: Duration = .seconds(10)
        /// Time between two looks at what changes without an event (disk, clock).
        public static let statusInterval: Duration = .seconds(5)
        /// Largest table of mounts that is read.
        public static let mountTableBytes = 1_048_576
        /// Largest configuration file.
        public static let configurationBytes = 262_144
        /// Largest small file of the state directory.
        public static let stateFileBytes = 262_144
        /// Most alternating waits of the systemd watchdog's half period.
        public static let watchdogDivisor = 2
    }
}
