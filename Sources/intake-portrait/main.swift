import Glibc
import PortraitDecoding

exit(PortraitProcess.run())
