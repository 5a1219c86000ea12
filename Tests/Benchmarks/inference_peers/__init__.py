# SPDX-License-Identifier: GPL-3.0-or-later
"""Other engines on our integer networks; see inference_peer.py."""
