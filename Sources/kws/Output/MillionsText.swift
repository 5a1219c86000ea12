// SPDX-License-Identifier: GPL-3.0-or-later

/// `value` in millions with two decimals.
func millions(_ value: Double) -> String { fixed(value / 1e6, decimals: 2) }
