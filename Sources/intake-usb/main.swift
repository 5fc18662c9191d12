import Foundation
import USBReaders

exit(USBProcess.run(arguments: Array(CommandLine.arguments.dropFirst())))
