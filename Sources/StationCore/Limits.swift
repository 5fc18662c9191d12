/// Every limit of the product, in one place: sizes in bytes, depths, counts, durations.
///
/// A loop over foreign data ends at one of these. `Limits.violations` states the relations among them; the daemon
/// refuses to start when one does not hold.
public enum Limits {
    /// The chip card (ICAO 9303, ISO 7816-4).
    public enum Card {
        /// Largest elementary file read from a chip: the 15-bit offset space of an even READ BINARY, twice over.
        public static let fileBytes = 65_535
        /// Largest single command or response APDU, extended length included.
        public static let apduBytes = 65_544
        /// Deepest nesting of a BER-TLV structure.
        public static let tlvDepth = 16
        /// Most TLV objects taken from one structure.
        public static let tlvObjects = 2_000
        /// Most READ BINARY commands for one file.
        public static let readChunks = 512
        /// Most commands that the record of one read keeps; further ones are counted.
        public static let recordEntries = 1_024
        /// Attempts of one read whose records are kept, the newest: one for each credential tried and each time that the
        /// card came back.
        public static let recordAttempts = 8
        /// Most SecurityInfo entries in EF.CardAccess or DG14.
        public static let securityInfos = 64
        /// Most data groups a security object may list.
        public static let dataGroups = 16
        /// Largest extended response asked for: what readers of the field deliver without a fault.
        public static let extendedResponseBytes = 4_096
        /// Largest data field of a short response.
        public static let shortResponseBytes = 256
        /// What a read should take; beyond it the operator is told which part is slow.
        public static let readBudget: Duration = .milliseconds(2_500)
        /// Hard limit of one read, from the first command to the verdict (BSI TR-03135-1, 4.1.4).
        public static let readDuration: Duration = .seconds(7)
        /// How long a card that left in the middle of a read is waited for.
        public static let suspensionDuration: Duration = .seconds(30)
        /// How long the card service may take to notice that a card has left: it asks the reader every 400 ms.
        public static let removalNoticeDuration: Duration = .milliseconds(1_000)
        /// How often one read goes on with a card that stopped answering although it still lies on the reader.
        public static let contactLosses = 2
        /// How long a finished read may wait for its application.
        public static let finishedReadDuration: Duration = .seconds(900)
        /// Longest time that one command may take before the reader counts as wedged.
        public static let transmitDuration: Duration = .seconds(10)
        /// Most certificates inside one security object or master list beside its content.
        public static let embeddedCertificates = 8
        /// Most signed attributes of a signer.
        public static let signedAttributes = 32
        /// Most readers served at once.
        public static let readers = 16
        /// Buffer for a response: the largest that the card service may hand over (pcsclite.h).
        public static let responseBufferBytes = 65_548
        /// Longest answer to reset (ISO 7816-3, 8.2.1).
        public static let answerToResetBytes = 33
        /// Longest name of a reader.
        public static let readerNameBytes = 128
        /// Most features or properties that a reader may list (PC/SC part 10).
        public static let readerFeatures = 64
        /// Most pairs of reader and kind of card of which limits are remembered.
        public static let learnedPairs = 64
        /// Reads after which a remembered refusal of extended length is tried again.
        public static let untriedReads = 50
        /// Longest time for which a change of the list of readers may stay unnoticed when its event was missed.
        public static let readerListDuration: Duration = .seconds(5)
        /// Bounds of the waits for a card service that does not answer; an event ends each early.
        public static let serviceRetryShortest: Duration = .milliseconds(20)
        /// See `serviceRetryShortest`.
        public static let serviceRetryLongest: Duration = .seconds(5)
    }

    /// What an administrator imports to judge signers by.
    public enum Trust {
        /// Largest file imported: an export of ICAO's directory with some thirty master lists.
        public static let fileBytes = 64 * 1_024 * 1_024
        /// Largest master list: one of the whole world takes one mebibyte.
        public static let masterListBytes = 8 * 1_024 * 1_024
        /// Most lists taken from one export of ICAO's directory.
        public static let directoryEntries = 512
        /// Most files of one import.
        public static let files = 64
        /// Largest certificate.
        public static let certificateBytes = 16 * 1_024
        /// Most certificates of a master list, and most authorities trusted at once.
        public static let authorities = 2_000
        /// Most revocation lists held at once.
        public static let revocationLists = 512
        /// Most revoked certificates on one list.
        public static let revokedCertificates = 100_000
        /// Most link certificates between an authority's key and the one that is trusted.
        public static let linkDepth = 8
        /// Age beyond which a revocation list that names no end counts as outdated (ICAO 9303-12, 4.2: 90 days).
        public static let revocationListDuration: Duration = .seconds(90 * 86_400)
        /// Largest file of the trust directory.
        public static let storeBytes = 16 * 1_024 * 1_024
    }

    /// The USB side of readers.
    public enum USB {
        /// Most readers told of.
        public static let devices = 64
        /// Most interfaces of one device that are looked at.
        public static let interfaces = 32
        /// Most bytes of class descriptors behind one interface.
        public static let descriptorBytes = 4_096
        /// Longest text of a device (iManufacturer and the like: 126 UTF-16 units) or name of a driver.
        public static let textBytes = 504
        /// Longest line between `intake-usb` and the daemon.
        public static let lineBytes = 262_144
        /// Messages of `intake-usb` that may wait for the daemon; older ones are dropped.
        public static let waitingMessages = 16
        /// Longest request to `intake-usb`.
        public static let requestBytes = 64
        /// Time between two looks at what changes without an event: bound drivers, permissions.
        public static let lookInterval: Duration = .seconds(5)
        /// How long the first list of readers waits for what USB knows of them.
        public static let firstInventoryDuration: Duration = .seconds(2)
        /// How long a reader that was plugged in may take until the card service serves it.
        public static let settleDuration: Duration = .seconds(5)
        /// Wait before a connection to `intake-usb` is tried again.
        public static let retryDuration: Duration = .seconds(5)
        /// Longest wait for the outcome of a reset.
        public static let resetDuration: Duration = .seconds(20)
        /// Shortest time between two resets of one port.
        public static let resetInterval: Duration = .seconds(60)
        /// Most readers whose ids are remembered.
        public static let rememberedReaders = 256
        /// Longest wait for what the card service tells of one reader.
        public static let identityDuration: Duration = .seconds(2)
    }

    /// What is Vietnamese about a card.
    public enum Citizen {
        /// Longest text of a printed QR code.
        public static let qrBytes = 2_048
        /// Most fields of a printed QR code.
        public static let qrFields = 16
        /// Most numbered fields taken from DG13.
        public static let dataGroup13Fields = 64
        /// Longest single text of DG13.
        public static let dataGroup13TextBytes = 4_096
    }

    /// The portrait decoder.
    public enum Portrait {
        /// Largest encoded portrait.
        public static let encodedBytes = 65_535
        /// Most faces of one facial record; the first is shown.
        public static let faces = 16
        /// How far a facial record's statements of its own lengths may be off: by so much documents of the field are.
        public static let lengthDeviationBytes = 8
        /// Most pixels of a decoded portrait.
        public static let pixels = 4_000_000
        /// Largest width or height of a portrait.
        public static let side = 8_192
        /// Most components (channels) of a portrait.
        public static let components = 4
        /// Most tiles of a JPEG 2000 portrait.
        public static let tiles = 256
        /// Most boxes of a JP2 file, and most segments of a JPEG file.
        public static let segments = 1_024
        /// Wall-clock time of one decoding, the start of its process included.
        public static let duration: Duration = .seconds(10)
        /// Address space of the decoding process.
        public static let processBytes = 256 * 1_024 * 1_024
        /// Processor seconds of the decoding process.
        public static let processSeconds = 5
        /// Largest PNG or JPEG handed to a page.
        public static let pageBytes = 8 * 1_024 * 1_024
    }

    /// An application as it is submitted.
    public enum Application {
        /// Most characters (grapheme clusters) of a personal name.
        public static let nameCharacters = 120
        /// Most characters of a place of residence or origin.
        public static let placeCharacters = 500
        /// Most findings about one card.
        public static let findings = 64
        /// Most bytes of an e-mail address (RFC 5321, 4.5.3.1).
        public static let emailBytes = 254
        /// Most characters of a free-text note or reason.
        public static let reasonCharacters = 500
        /// Most integrations asked for at once.
        public static let integrations = 16
        /// Most attachments of one application, and most bytes of one.
        public static let attachments = 8, attachmentBytes = 400_000
        /// Largest plaintext of a sealed application, card files and attachments included.
        public static let plaintextBytes = 1_048_576
        /// Most characters of a hotline's number, and most days of a calendar that are not like the others.
        public static let hotlineCharacters = 40, calendarDays = 400
        /// Largest idempotency key.
        public static let idempotencyKeyBytes = 128
        /// Most digits of a receipt number that are searched for.
        public static let receiptDigits = 16
    }

    /// JSON from anybody.
    public enum JSON {
        /// Deepest nesting (the upstream contract says 32).
        public static let depth = 32
        /// Most members and elements in one document.
        public static let values = 100_000
    }

    /// The spool on disk.
    public enum Store {
        /// Largest sequence number: what a JSON number carries exactly.
        public static let sequence: Int64 = 9_007_199_254_740_991
        /// Pages after which the write-ahead log is carried into the database when no save waits.
        public static let checkpointPages = 1_000
        /// Length to which the write-ahead log is made at the start: what a day writes between two checkpoints.
        public static let preparedLogBytes: Int64 = 5 * 1_024 * 1_024
        /// How often somebody who waits for room on the disk looks whether there is any.
        public static let roomInterval: Duration = .seconds(5)
        /// Largest write-ahead log kept after a checkpoint.
        public static let walBytes: Int64 = 16 * 1_024 * 1_024
        /// Largest stored answer of an idempotent request.
        public static let answerBytes = 16 * 1_024
        /// Largest receipt as JSON.
        public static let receiptBytes = 16 * 1_024
        /// Audit rows shown as the history of one item.
        public static let historyRows = 1_000
        /// Rows one page of a listing holds.
        public static let pageRows = 200
        /// Earlier applications that are named when one repeats them, newest first.
        public static let duplicateRows = 8
        /// What one application takes on disk until recent ones say better: payload, log, indexes.
        public static let applicationBytes: Int64 = 128 * 1_024
        /// Least that one application is taken to need, however small recent ones were.
        public static let applicationBytesLeast: Int64 = 24 * 1_024
        /// What an application needs beside its payload: state, audit, events, answer, receipt, and its share of the log.
        public static let applicationOverheadBytes: Int64 = 16 * 1_024
        /// Recent applications whose size says what the next one needs.
        public static let recentApplications = 20
        /// New applications are refused while fewer than these fit the disk.
        public static let refusalApplications: Int64 = 20
        /// The operator is warned when no more than these are left.
        public static let warningApplications: Int64 = 200
        /// Items that one transaction of a purge takes at most.
        public static let purgeItems = 16
        /// Payload bytes that one transaction of a purge overwrites, so that saves pass between two.
        public static let purgeBytes = 512 * 1_024
        /// Free pages that one transaction gives back to the file system.
        public static let vacuumPages = 64
        /// Free pages given back in one round of housekeeping.
        public static let vacuumRoundPages = 16_384
        /// Payload bytes that one slice of the checks reads.
        public static let checkBytes = 1_024 * 1_024
        /// Rows of small tables that one slice of the checks reads.
        public static let checkRows = 200
        /// Slices of the checks in one round of housekeeping.
        public static let checkSlices = 64
        /// Rest between the end of one look at everything and the beginning of the next.
        public static let checkRest: Duration = .seconds(6 * 3_600)
        /// Event numbers left out by a recovery, so that no listener has heard of a later one.
        public static let recoveryGap: Int64 = 100_000
    }

    /// The way to upstream.
    public enum Uplink {
        /// Most items of one batch, whatever upstream announces.
        public static let batchItems = 1_000
        /// Items of the first batch, before the link is known.
        public static let firstBatchItems = 16
        /// Largest batch body.
        public static let batchBytes = 16 * 1_024 * 1_024
        /// What an item takes in a batch beside its sealed bytes: its manifest entry and its part's head.
        public static let overheadPerItemBytes = 1_024
        /// Sealed bytes that are read from the spool at a time while a batch is sent; one item at least, whatever its size.
        public static let readAheadBytes = 256 * 1_024
        /// A batch that took less has the next one framed while it is sent: longer, and what was saved or corrected
        /// meanwhile would wait behind it.
        public static let readAheadBelow: Duration = .seconds(1)
        /// Most item ids of one status request.
        public static let statusItems = 500
        /// Largest head of a reply.
        public static let replyHeadBytes = 32 * 1_024
        /// Largest body of a reply to batches and status.
        public static let replyBodyBytes = 1_048_576
        /// Largest body of a list page or key list.
        public static let listBodyBytes = 8 * 1_024 * 1_024
        /// Shortest and longest back-off (full jitter in between).
        public static let backoffShortest: Duration = .seconds(1)
        /// See `backoffShortest`.
        public static let backoffLongest: Duration = .seconds(900)
        /// A batch that was on the wire so long when it was cut had a link that works: what arrived is asked at once.
        public static let longExchange: Duration = .seconds(10)
        /// Within which that question follows the cut (full jitter, so that the stations of an upstream that restarts do not
        /// come as one).
        public static let afterCut: Duration = .milliseconds(250)
        /// Over how long the items that waited before a reboot are spread after it.
        public static let rebootSpread: Duration = .seconds(30)
        /// Bounds of an obeyed Retry-After.
        public static let retryAfterShortest: Duration = .seconds(1)
        /// See `retryAfterShortest`.
        public static let retryAfterLongest: Duration = .seconds(3_600)
        /// Time to connect and finish the TLS handshake.
        public static let connectDuration: Duration = .seconds(30)
        /// How long bytes on the way may stay unacknowledged by upstream's host before the link counts as dead.
        public static let unansweredDuration: Duration = .seconds(60)
        /// Time to close the connections in good order.
        public static let closeDuration: Duration = .seconds(2)
        /// Time for a reply, before the part that grows with the bytes sent.
        public static let replyDuration: Duration = .seconds(60)
        /// Slowest link that is still waited for, in bytes per second; the reply time grows by size over this.
        public static let slowestBytesPerSecond = 2_048
        /// Network faults in a row before an alert.
        public static let alertFaults = 5
        /// Most recipient keys in a key list.
        public static let recipientKeys = 64
        /// Days left of the sealing key, and of the station's certificate, at which somebody is told.
        public static let sealingKeyWarningDays = 14
        /// See `sealingKeyWarningDays`.
        public static let certificateWarningDays = 30
        /// Longest label of a decision.
        public static let labelBytes = 256
        /// Most decisions of one page.
        public static let decisionItems = 1_000
        /// Longest cursor of a list.
        public static let cursorBytes = 512
        /// Pages of decisions that are asked for one behind the other: upstream's cursors may go round.
        public static let decisionPages = 10_000
        /// How often upstream is asked what it decided.
        public static let decisionInterval: Duration = .seconds(900)
        /// How often the key list is fetched again.
        public static let keyRefresh: Duration = .seconds(6 * 3_600)
        /// How often a paused lane tries one item.
        public static let pauseProbe: Duration = .seconds(3_600)
        /// Age of a batch: how long it may take at the pace last seen. Long enough that the round trip between two batches
        /// costs a slow link little, short enough that what is saved meanwhile does not wait.
        public static let batchDuration: Duration = .seconds(30)
        /// Bytes of the first batch, before the link is known.
        public static let firstBatchBytes = 1_048_576
        /// A batch that went through makes the next larger by its size over this, before the first trouble.
        public static let growthShare = 2
        /// See `growthShare`; after the first trouble.
        public static let carefulGrowthShare = 4
        /// Whole parts of a cut batch below which the size follows them closely.
        public static let fewParts = 4
        /// From there on, so many times what arrived may go at once.
        public static let borneShare = 4
        /// Begun parts that a station remembers at most; upstream keeps fewer.
        public static let begunParts = 8
        /// Bytes of a body that are written at once. Upstream reads them in TLS records of at most 16 KiB, each whole or
        /// not at all.
        public static let pieceBytes = 65_536
        /// The same on a link that breaks, where what is not whole was sent in vain.
        public static let carefulPieceBytes = 4_096
        /// Below this a batch is not halved by bytes: one item goes whatever its size.
        public static let leastBatchBytes = 64 * 1_024
        /// Largest head of one part of a multipart body.
        public static let partHeadBytes = 512
        /// Largest manifest.
        public static let manifestBytes = 1_048_576
        /// Largest sealed item: a plaintext, the longest encapsulated key and the tag.
        public static let itemBytes = Application.plaintextBytes + 4_096
        /// Most parts inside a sealed item.
        public static let contentParts = 64
        /// Boundaries drawn before the source of randomness counts as broken.
        public static let boundaryAttempts = 8
    }

    /// What the host tells of its networks.
    public enum Network {
        /// Largest datagram of the kernel about links, addresses and routes.
        public static let datagramBytes = 32_768
        /// Largest table of routes that is read.
        public static let tableBytes = 1_048_576
        /// Most interfaces with a default route that are looked at.
        public static let interfaces = 16
        /// How often it is looked at which interface carries the default route, while a metered one holds work back.
        public static let lookInterval: Duration = .seconds(60)
        /// Most patterns of metered interfaces, and most windows of quiet hours.
        public static let rules = 16
    }

    /// Bundles on a removable medium.
    public enum Bundle {
        /// Largest manifest of a bundle.
        public static let manifestBytes = 4 * 1_024 * 1_024
        /// Most files that a manifest names.
        public static let files = 10_000
        /// Largest line in front of a batch's body: its content type.
        public static let contentTypeBytes = 512
        /// Largest file with a batch: its body and the line in front of it.
        public static let batchFileBytes = Uplink.batchBytes + 1_024
        /// Body at which a batch that we write is closed.
        public static let batchBytes = 4 * 1_024 * 1_024
        /// Items at which a batch that we write is closed.
        public static let batchItems = 200
        /// Most receipts of one file.
        public static let receipts = 500
        /// Largest file with receipts.
        public static let receiptFileBytes = 1_048_576
        /// Most names that a medium's directory may hold: with more, bundles could stand unseen behind them.
        public static let directoryEntries = 100_000
        /// Most bundles of one medium that one import takes.
        public static let bundles = 64
        /// Most media that are shown at once.
        public static let media = 16
        /// What a bundle takes beside its batches; file systems round files and directories up.
        public static let overheadBytes = 1_048_576
        /// Longest text that names a directory.
        public static let pathBytes = 1_024
    }

    /// The reference upstream.
    public enum Upstream {
        /// Most connections at once; further ones wait.
        public static let connections = 256
        /// Silence after which a connection is closed.
        public static let idleDuration: Duration = .seconds(120)
        /// Begun parts kept for one station, and for all, in memory.
        public static let begunPartsOfStation = 4
        /// See `begunPartsOfStation`.
        public static let begunParts = 64
    }
}
