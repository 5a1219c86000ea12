// SPDX-License-Identifier: GPL-3.0-or-later

import Threads

/// Seconds of the monotonic clock, for the whole of this module.
func monotonicSeconds() -> Double { Threads.monotonicSeconds() }
