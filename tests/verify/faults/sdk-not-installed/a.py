import os

import alter_sdk
