#include <nettle/sha.h>
