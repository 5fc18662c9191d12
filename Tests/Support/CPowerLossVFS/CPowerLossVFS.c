#include "CPowerLossVFS.h"
