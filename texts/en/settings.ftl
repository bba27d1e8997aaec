### The bank's name and the settings in force.

settings_menu = Settings
settings_title = Bank's name and settings
settings_name_hint = It stands on every page, on passbooks and on printouts.
settings_rename = Change the name
settings_renamed = The name is changed.
settings_in_force = Settings in force
settings_hint = They can be seen here, not changed. To change one, edit the file or environment of the server and start it anew. Passwords are not shown.
settings_none = This server has read no settings.
settings_about = Setting
settings_value = Value
settings_from = From
settings_default = default
settings_empty = (empty)
settings_section = { $section ->
    [store] Storage
    [http] Web server
    [limits] How often
    [sign_in] Sign-in
    [times] Time limits
    [log] Log
   *[other] Others
 }
